import type { Receipt } from './receipt';

/** What was done with an order in one run. Fen; 0 was left out. */
export interface Deed {
  readonly no: bigint;
  readonly accepted: bigint;
}

/** What a receipt and its replay do not say alike, one sentence each: none when they are equal byte by byte. */
export function differencesOf(receipt: Receipt, again: Receipt): string[] {
  const figures = (['ruleVersion', 'amount', 'canPart', 'accepted', 'gap', 'outcome', 'digest'] as const).filter(
    (name) => receipt[name] !== again[name],
  );
  return [
    ...figures.map((name) => `${name}: the receipt says ${String(receipt[name])}, the log ${String(again[name])}`),
    ...differingLines('input', receipt.input, again.input),
    ...differingLines('result', receipt.result, again.result),
  ];
}

/** What a receipt says and was not done, or the other way round. */
export function notDone({ result }: Pick<Receipt, 'result'>, deeds: readonly Deed[]): string[] {
  return differingLines('deed', sorted(result), sorted(deeds.map(({ no, accepted }) => `${no}|${accepted}`).join('\n')), 'the orders');
}

function sorted(lines: string): string {
  return lines.split('\n').sort().join('\n');
}

/** Lines begin with the order's number. */
function differingLines(what: string, receipt: string, other: string, otherName = 'the log'): string[] {
  if (receipt === other) return [];
  const ours = byOrder(receipt);
  const theirs = byOrder(other);
  const found = [...ours]
    .filter(([no, line]) => theirs.get(no) !== line)
    .map(([no, line]) => {
      const opposite = theirs.get(no);
      return `${what}: order ${no}: the receipt has ${line}, ${otherName} ${opposite === undefined ? 'nothing' : opposite}`;
    });
  const missing = [...theirs]
    .filter(([no]) => !ours.has(no))
    .map(([no, line]) => `${what}: order ${no}: the receipt has nothing, ${otherName} ${line}`);
  const all = [...found, ...missing];
  return all.length > 0 ? all : [`${what}: the same orders stand in another sequence`];
}

function byOrder(lines: string): Map<string, string> {
  if (lines === '') return new Map();
  return new Map(lines.split('\n').map((line) => [line.slice(0, line.indexOf('|')), line]));
}
