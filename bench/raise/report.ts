import { formatYuan, fen } from '#kernel/money';
import { latencyText } from '../rates';
import type { Phase, Returns } from './course';
import type { Check, End } from './ending';
import type { MemoryFigure } from './memory';
import type { Outcome } from './news';
import { OVERBOOKING_PPM } from './plan';
import type { Plan } from './plan';
import type { Snapshots } from './snapshots';

/** All that was seen of a raise. */
export interface Raise {
  readonly plan: Plan;
  readonly queue: 'PostgreSQL' | 'Redis';
  readonly outcome: Outcome;
  readonly phases: readonly Phase[];
  readonly ends: readonly End[];
  readonly returns: readonly Returns[];
  readonly memory: readonly MemoryFigure[];
  readonly snapshots: Pick<Snapshots, 'taken' | 'violations' | 'cost'>;
  readonly checks: readonly Check[];
}

/** Prints a raise for people, or as JSON; the process ends with 1 when anything of it does not hold. */
export function report(raise: Raise, { json }: { readonly json: boolean }): void {
  const failures = failuresOf(raise);
  if (json) console.log(JSON.stringify(jsonOf(raise, failures), asNumber));
  else console.log(textOf(raise, failures));
  if (failures.length > 0) process.exitCode = 1;
}

/** What does not hold, in sentences. */
export function failuresOf({ outcome, snapshots, memory, checks, ends, plan }: Raise): string[] {
  const seen = (state: string): boolean => ends.some((end) => end.state === state);
  return [
    ...(outcome.wrong === undefined ? [] : [outcome.wrong]),
    ...snapshots.violations,
    ...memory.filter(({ holds }) => !holds).map(({ name, growth }) => `the memory of ${name} grew ${growth.toFixed(2)} times`),
    ...checks.flatMap(({ failures }) => failures),
    // A raise in which nobody was refused, took back or was left out would show less than it says.
    ...['lent', 'refused', 'cancelled', 'left_out'].filter((state) => !seen(state)).map((state) => `no order ended ${state}`),
    ...(ends.reduce((all, end) => all + end.orders, 0) < plan.orders * 0.95 ? [`fewer orders than ${plan.orders}`] : []),
  ];
}

function textOf(raise: Raise, failures: readonly string[]): string {
  const { plan, queue, outcome } = raise;
  const { rush, knocking, cancelling } = outcome.latency;
  return [
    `a raise of ${count(plan.orders)} orders: ${yuan(plan.amountFen)} yuan, ${OVERBOOKING_PPM / 10_000} % more for sale, ${count(plan.balancesFen.length)} customers, queue on ${queue}`,
    '',
    ...raise.phases.map(phaseLine),
    '',
    ...Object.entries(outcome.answers).map(([answer, times]) => `  ${answer.padEnd(52)}${count(times).padStart(9)} answers`),
    `  orders until it was sold out: ${latencyText(rush)}; after that: ${latencyText(knocking)}; cancellations: ${latencyText(cancelling)}`,
    '',
    ...raise.ends.map(endLine),
    ...raise.returns.map(returnsLine),
    '',
    ...raise.memory.map(memoryLine),
    '',
    snapshotsLine(raise),
    ...raise.checks.map(
      ({ what, examined, failures: wrong }) => `  ${wrong.length === 0 ? 'holds ' : 'BROKEN'} ${what} (${count(examined)} examined)`,
    ),
    '',
    ...failures.map((failure) => `  BROKEN ${failure}`),
    lastLine(raise, failures),
  ].join('\n');
}

function phaseLine({ name, orders, seconds }: Phase): string {
  const rate = seconds > 0 ? `${count(orders / seconds).padStart(8)} a second` : '';
  return `  ${name.padEnd(52)}${count(orders).padStart(9)} orders${seconds.toFixed(1).padStart(8)} s ${rate}`;
}

function endLine({ state, orders, orderedFen, lentFen, returnedFen }: End): string {
  return `  ${state.padEnd(12)}${count(orders).padStart(9)} orders of ${orderedFen} fen: ${lentFen} lent, ${returnedFen} gone back`;
}

function returnsLine({ cause, returns, fen: sum, p50Seconds, p99Seconds }: Returns): string {
  const waited = `half are back after ${p50Seconds.toFixed(1)} s, 99 % after ${p99Seconds.toFixed(1)} s`;
  return `  returns, ${cause.padEnd(18)}${count(returns).padStart(9)} of ${sum} fen: ${waited}`;
}

function memoryLine({ name, lowestMb, highestMb, at, settlingMb, growth, isJudged, holds }: MemoryFigure): string {
  const course = Object.entries(at).map(([share, mb]) => `${mb.toFixed(0)} at ${share}`);
  const verdict = !isJudged ? 'too few orders to judge' : holds ? 'flat' : 'NOT FLAT';
  return (
    `  memory of ${name.padEnd(16)} ${lowestMb.toFixed(0)} … ${highestMb.toFixed(0)} MB: ${course.join(', ')}, at most ${settlingMb.toFixed(0)} while settling; ` +
    `last tenth ÷ a quarter ${growth.toFixed(2)}: ${verdict}`
  );
}

function snapshotsLine({ snapshots }: Raise): string {
  const { medianMs, longestMs } = snapshots.cost();
  const verdict = snapshots.violations.length === 0 ? 'holds ' : 'BROKEN';
  return `  ${verdict} never oversold, counters are rows (${count(snapshots.taken)} snapshots, every row each time: ${medianMs.toFixed(0)} ms half of them, ${longestMs.toFixed(0)} at most)`;
}

function lastLine({ ends, snapshots, memory, checks }: Raise, failures: readonly string[]): string {
  if (failures.length > 0) return `the raise does NOT hold: ${failures.length} of its claims are broken`;
  const orders = ends.reduce((all, end) => all + end.orders, 0);
  const flat = memory.every(({ isJudged }) => isJudged) ? ', memory is flat' : '';
  return `the raise holds: ${count(orders)} orders, each ended; never oversold in ${count(snapshots.taken)} snapshots; all ${checks.length} checks to the fen${flat}`;
}

function jsonOf({ snapshots, outcome, plan, ...raise }: Raise, failures: readonly string[]): object {
  const { acknowledged, ...said } = outcome;
  const { balancesFen, courts, ...planned } = plan;
  return {
    plan: { ...planned, customers: balancesFen.length, courts: courts.length },
    outcome: { ...said, acknowledged: acknowledged.length },
    ...raise,
    snapshots: { taken: snapshots.taken, violations: snapshots.violations, ...snapshots.cost() },
    failures,
    holds: failures.length === 0,
  };
}

function count(many: number): string {
  return Math.round(many).toLocaleString('en-US');
}

function yuan(amountFen: bigint): string {
  return formatYuan(fen(amountFen));
}

/** Sums of a bench are far below what a number holds exactly. */
function asNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
