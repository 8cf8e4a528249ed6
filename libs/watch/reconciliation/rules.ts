import type { Uuid } from '#kernel/ids';
import type { Movement } from './findings';

/** A break that could be corrected by posting something. */
export interface Correctable {
  readonly id: Uuid;
  readonly kind: string;
  /** Undoes an entry that no order of ours caused, only an earlier file or a notice: no limit, because the file that caused it is gone. */
  readonly isOwnEntry?: boolean;
  readonly correction: readonly Movement[];
}

/** What decides whether a correction may run by itself. */
export interface Circumstances {
  /** The bank's total less ours, of accounts where they differ. In fen. */
  readonly differences: ReadonlyMap<Uuid, bigint>;
  /** D, R and S: other people's money on its way. Never corrected without two people. */
  readonly guarded: ReadonlySet<Uuid>;
  /** W is compared with nothing. */
  readonly outside: Uuid;
  readonly limitFen: bigint;
}

/**
 * `adjust`: both of the bank's files say the same, nobody's order is touched, within the limit: post it.
 * `contradicted`: the bank's own balances agree with our books, not with its line: posting it would make our books wrong. The line waits for a corrected file.
 * `people`: everything else.
 */
export type Ruling = 'adjust' | 'contradicted' | 'people';

/**
 * Decides corrections together where they share accounts: a set of corrections is supported by the bank's balances when posting all of it makes every account of the
 * set equal to the bank, and contradicted when these accounts are equal without it.
 */
export function rule(breaks: readonly Correctable[], circumstances: Circumstances): Map<Uuid, Ruling> {
  const rulings = new Map<Uuid, Ruling>();
  for (const group of connectedGroups(breaks, circumstances.outside)) {
    const ruling = ruleGroup(group, circumstances);
    for (const found of group) rulings.set(found.id, ruling === 'adjust' && needsPeople(found, circumstances) ? 'people' : ruling);
  }
  return rulings;
}

function ruleGroup(group: readonly Correctable[], { differences, outside }: Circumstances): Ruling {
  const changes = new Map<Uuid, bigint>();
  const add = (account: Uuid, fen: bigint): void => void changes.set(account, (changes.get(account) ?? 0n) + fen);
  for (const { from, to, fen } of group.flatMap((found) => found.correction)) {
    add(from, -fen);
    add(to, fen);
  }
  changes.delete(outside);
  const accounts = [...changes];
  if (accounts.every(([account]) => !differences.has(account))) return 'contradicted';
  return accounts.every(([account, fen]) => (differences.get(account) ?? 0n) === fen) ? 'adjust' : 'people';
}

/** Rules with no risk run by themselves: they touch neither an order of ours nor a guarded account, and stay within the limit. */
function needsPeople(found: Correctable, { guarded, limitFen }: Circumstances): boolean {
  const isRisky = found.kind !== 'only_banks' && found.kind !== 'duplicate' && found.kind !== 'only_ours' && found.kind !== 'amount';
  return (
    isRisky ||
    found.correction.some(({ from, to, fen }) => guarded.has(from) || guarded.has(to) || (fen > limitFen && found.isOwnEntry !== true))
  );
}

/** Breaks that share an account, directly or by others, W aside. */
function connectedGroups(breaks: readonly Correctable[], outside: Uuid): Correctable[][] {
  const leader = new Map<string, string>();
  const find = (name: string): string => {
    let at = name;
    while (leader.get(at) !== undefined && leader.get(at) !== at) at = leader.get(at)!;
    leader.set(name, at);
    return at;
  };
  for (const found of breaks) {
    for (const account of found.correction.flatMap(({ from, to }) => [from, to])) {
      if (account !== outside) leader.set(find(account), find(found.id));
    }
  }
  const groups = new Map<string, Correctable[]>();
  for (const found of breaks) {
    const name = find(found.id);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [found]);
    else group.push(found);
  }
  return [...groups.values()];
}
