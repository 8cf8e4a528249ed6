/** How many a second one variant did in one round, and how long one of them took, in milliseconds. */
export interface Round {
  readonly perSecond: number;
  readonly latency?: Latency;
}

/** Milliseconds that half, 99 % and 99.9 % of the requests stayed below. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** One variant: the median of its rounds, the slowest and the fastest. */
export interface Rate {
  readonly name: string;
  readonly perSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  /** A second, round by round. */
  readonly rounds: readonly number[];
  /** Of each percentile the median of the rounds. */
  readonly latency?: Latency;
}

/** A figure: how many times its yardstick a subject does, and how many it must at least. */
export interface RateFigure {
  readonly figure: string;
  readonly rates: readonly Rate[];
  /** First ÷ second of the same round, the median of the rounds: what slows the machine for a while slows both. */
  readonly ratio: number;
  readonly atLeast: number;
  readonly holds: boolean;
}

/** The percentiles of times in milliseconds; zeros when there is none. */
export function latencyOf(timesMs: readonly number[]): Latency {
  const sorted = Float64Array.from(timesMs).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}

/** The variant's rate over its rounds. */
export function rateOf(name: string, rounds: readonly Round[]): Rate {
  const rates = rounds.map(({ perSecond }) => perSecond);
  const latencies = rounds.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
  return {
    name,
    perSecond: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    rounds: rates,
    ...(latencies.length === 0 ? {} : { latency: middleOf(latencies) }),
  };
}

/** The figure of a subject against its yardstick, which was measured in as many rounds. */
export function figureOf(figure: string, subject: Rate, yardstick: Rate, atLeast: number): RateFigure {
  const ratio = median(subject.rounds.map((perSecond, round) => perSecond / yardstick.rounds[round]!));
  return { figure, rates: [subject, yardstick], ratio, atLeast, holds: ratio >= atLeast };
}

/** Prints every rate and every figure as tables, or the figures as JSON; the process ends with 1 when one does not hold. */
export function reportRates(rates: readonly Rate[], figures: readonly RateFigure[], { json }: { readonly json: boolean }): void {
  if (json) console.log(JSON.stringify({ rates, figures }));
  else console.log([...rates.map(rateLine), '', ...figures.map(figureLine), ''].join('\n'));
  if (figures.some(({ holds }) => !holds)) process.exitCode = 1;
}

function rateLine({ name, perSecond, slowest, fastest, latency }: Rate): string {
  const spread = `${slowest.toFixed(0)} … ${fastest.toFixed(0)}`.padEnd(17);
  const times = latency === undefined ? '' : latencyText(latency);
  return `  ${name.padEnd(52)}${perSecond.toFixed(0).padStart(7)} /s   ${spread}${times}`;
}

/** The percentiles in words. */
export function latencyText({ p50Ms, p99Ms, p999Ms }: Latency): string {
  return `p50 ${p50Ms.toFixed(1)}, p99 ${p99Ms.toFixed(1)}, p99.9 ${p999Ms.toFixed(1)} ms`;
}

function figureLine({ figure, ratio, atLeast, holds }: RateFigure): string {
  return `  ${figure.padEnd(76)}${ratio.toFixed(2).padStart(6)}, goal ≥ ${atLeast}: ${holds ? 'holds' : 'MISSED'}`;
}

function middleOf(latencies: readonly Latency[]): Latency {
  return {
    p50Ms: median(latencies.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(latencies.map(({ p99Ms }) => p99Ms)),
    p999Ms: median(latencies.map(({ p999Ms }) => p999Ms)),
  };
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
