import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { DifferingLine, OnlyOurs } from './comparing';

/** Kinds of break: only ours 短款, only the bank's 长款, and what differs between two that belong together. */
export type BreakKind = 'only_ours' | 'only_banks' | 'amount' | 'status' | 'party' | 'duplicate' | 'cut_off' | 'balance' | 'credit';

/** A movement that would make our books equal to the bank's word; accounts by id. */
export interface Movement {
  readonly from: Uuid;
  readonly to: Uuid;
  readonly fen: bigint;
}

/** A difference as the matching found it, before anybody decides. The same key is the same difference, in every version of the file. */
export interface Finding {
  readonly kind: BreakKind;
  readonly key: string;
  readonly bankOrderId: Uuid | null;
  readonly lineNo: bigint | null;
  /** The bank's less ours. */
  readonly amountFen: bigint;
  readonly serial: string;
  /** Empty: nothing can be posted for it. */
  readonly correction: readonly Movement[];
  readonly ours: Readonly<Record<string, string | null>> | null;
  readonly banks: Readonly<Record<string, string | null>> | null;
}

/** Nothing but a hold changes by these: an adjusting entry, which moves money, would not help. */
const HOLDING_KINDS: readonly string[] = ['HOLD', 'RELEASE'];

/** Kinds of line that undo an earlier movement: from and to are exchanged. */
const BACKWARD_KINDS: readonly string[] = ['RETURN', 'REVERSAL'];

/** The break that a line of the statement is. */
export function findingOfLine(line: DifferingLine): Finding {
  const kind = line.fate === 'settles' || line.fate === 'returns' ? 'status' : line.fate === 'carried' ? 'cut_off' : line.fate;
  const facts = [
    line.request_no,
    line.item_no,
    line.kind,
    line.bank_serial,
    line.status,
    line.amount_fen,
    line.from_account,
    line.to_account,
    line.listing_no,
  ];
  return {
    kind,
    key: facts.join('|'),
    bankOrderId: line.order_id,
    lineNo: line.line_no,
    amountFen: kind === 'amount' ? line.amount_fen - (line.order_amount_fen ?? 0n) : line.amount_fen,
    serial: line.bank_serial,
    correction: correctionOfLine(kind, line),
    ours: line.order_id === null ? null : oursOf(line),
    banks: {
      requestNo: line.request_no,
      itemNo: line.item_no,
      kind: line.kind,
      serial: line.bank_serial,
      from: line.from_account,
      to: line.to_account,
      listingNo: line.listing_no,
      fen: String(line.amount_fen),
      status: line.status,
      code: line.code,
    },
  };
}

/** The break that something of ours is for which the bank has no line: reversed, when the bank's balances say so too. */
export function findingOfOurs(ours: OnlyOurs, bankDate: BusinessDate): Finding {
  const { debit_account_id: debit, credit_account_id: credit } = ours;
  const canReverse = debit !== null && credit !== null && !HOLDING_KINDS.includes(ours.kind);
  return {
    kind: 'only_ours',
    key: ours.key,
    bankOrderId: ours.order_id,
    lineNo: null,
    amountFen: -ours.amount_fen,
    serial: ours.bank_serial,
    correction: canReverse ? [{ from: credit, to: debit, fen: ours.amount_fen }] : [],
    ours: { kind: ours.kind, serial: ours.bank_serial, fen: String(ours.amount_fen), bankDate },
    banks: null,
  };
}

function oursOf(line: DifferingLine): Readonly<Record<string, string | null>> {
  return {
    kind: line.order_kind,
    state: line.order_state,
    serial: line.order_serial,
    fen: line.order_amount_fen === null ? null : String(line.order_amount_fen),
    bankDate: line.order_date,
  };
}

function correctionOfLine(kind: BreakKind, line: DifferingLine): readonly Movement[] {
  if (HOLDING_KINDS.includes(line.kind) || kind === 'cut_off') return [];
  const isBooked = line.order_state === 'done' || line.order_state === 'returned';
  const there = isBooked ? movement(line.debit_account_id, line.credit_account_id, line.order_amount_fen ?? 0n) : [];
  const banks = line.status === 'SUCCEEDED' ? movement(line.from_id, line.to_id, line.amount_fen) : [];
  if (line.status === 'SUCCEEDED' && banks === undefined) return [];
  switch (kind) {
    case 'only_banks':
    case 'duplicate':
      return banks ?? [];
    case 'amount':
      // Beside a line of something that came back stands only what we have booked as come back, not the movement itself.
      if (BACKWARD_KINDS.includes(line.kind))
        return line.order_state === 'returned' ? difference(there?.map(reversed)[0], banks?.[0]) : (banks ?? []);
      return isBooked ? difference(there?.[0], banks?.[0]) : [];
    case 'party':
    case 'status':
      // Before our order is decided, a correction beside it would count the money twice once it is.
      return line.order_state === null || isBooked || isRefused(line) ? [...(there ?? []).map(reversed), ...(banks ?? [])] : [];
    default:
      return [];
  }
}

function isRefused(line: DifferingLine): boolean {
  return line.order_state === 'refused' || line.order_state === 'closed';
}

function movement(from: Uuid | null, to: Uuid | null, amountFen: bigint): readonly Movement[] | undefined {
  return from === null || to === null || from === to || amountFen <= 0n ? undefined : [{ from, to, fen: amountFen }];
}

function reversed({ from, to, fen }: Movement): Movement {
  return { from: to, to: from, fen };
}

function difference(ours: Movement | undefined, banks: Movement | undefined): readonly Movement[] {
  if (ours === undefined || banks === undefined || ours.fen === banks.fen) return [];
  const fen = banks.fen - ours.fen;
  return [fen > 0n ? { ...banks, fen } : { from: banks.to, to: banks.from, fen: -fen }];
}
