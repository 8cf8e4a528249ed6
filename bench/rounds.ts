/** One way of doing the same work. */
export interface Variant {
  readonly name: string;
  run(): unknown;
}

/** What one variant took, in milliseconds: the median of its rounds, and the fastest and slowest. */
export interface Timing {
  readonly name: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
}

/** A figure: how the subject compares with its yardstick, and how far it may. */
export interface Figure {
  readonly figure: string;
  readonly timings: readonly Timing[];
  /** Median of the first variant ÷ median of the second. */
  readonly ratio: number;
  readonly atMost: number;
  readonly holds: boolean;
}

/**
 * Measures a subject against its yardstick in one run on one machine: the variants alternate, and change places each round, so that
 * whatever slows the machine slows both. One round before the count warms both up.
 */
export async function compare(figure: string, subject: Variant, yardstick: Variant, atMost: number, rounds = 9): Promise<Figure> {
  const taken = new Map<Variant, number[]>([
    [subject, []],
    [yardstick, []],
  ]);
  for (let round = 0; round <= rounds; round += 1) {
    for (const variant of round % 2 === 0 ? [subject, yardstick] : [yardstick, subject]) {
      const start = process.hrtime.bigint();
      await variant.run();
      if (round > 0) taken.get(variant)!.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
  }
  const timings = [...taken].map(([{ name }, times]) => timingOf(name, times));
  const ratio = timings[0]!.medianMs / timings[1]!.medianMs;
  return { figure, timings, ratio, atMost, holds: ratio <= atMost };
}

/** Prints figures as a table, or as JSON with `--json`; the process ends with 1 when one does not hold. */
export function report(figures: readonly Figure[], args: readonly string[] = process.argv.slice(2)): void {
  if (args.includes('--json')) console.log(JSON.stringify(figures));
  else for (const figure of figures) console.log(tableOf(figure));
  if (figures.some(({ holds }) => !holds)) process.exitCode = 1;
}

function timingOf(name: string, times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const medianMs = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { name, medianMs, fastestMs: sorted[0]!, slowestMs: sorted[sorted.length - 1]! };
}

function tableOf({ figure, timings, ratio, atMost, holds }: Figure): string {
  const rows = timings.map(
    ({ name, medianMs, fastestMs, slowestMs }) =>
      `  ${name.padEnd(44)}${medianMs.toFixed(1).padStart(9)} ms   ${fastestMs.toFixed(1)} … ${slowestMs.toFixed(1)}`,
  );
  return [figure, ...rows, `  ratio ${ratio.toFixed(2)}, goal ≤ ${atMost}: ${holds ? 'holds' : 'MISSED'}`, ''].join('\n');
}
