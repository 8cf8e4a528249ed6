import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import { onOutcome } from '#registers/bank-order';
import type { BankOrderKind } from '#registers/bank-order';
import { openAccounts, outsideAccount } from '#registers/ledger';
import { FIRST_DAY } from './paper-days';
import type { PaperDays } from './paper-days';

/** A bank order of ours as it stands when the statement comes. */
export interface PaperOrder {
  readonly kind: BankOrderKind;
  readonly requestNo: string;
  readonly amount: Fen;
  readonly state?: string;
  readonly from: Uuid | null;
  readonly to: Uuid | null;
}

/** Owns the bank orders of these kinds and hears what becomes of them: one line each, in the list that is returned. */
export function hearOutcomes(...kinds: BankOrderKind[]): string[] {
  const heard: string[] = [];
  for (const kind of kinds) {
    onOutcome(kind, (_tx, decided) => {
      heard.push(...decided.orders.map((order) => `${order.kind} ${decided.outcome} ${JSON.stringify(order.data)}`));
      return Promise.resolve();
    });
  }
  return heard;
}

/** Writes a bank order that was created on the first day; `unknown` unless said otherwise. */
export async function aBankOrder(days: PaperDays, order: PaperOrder): Promise<Uuid> {
  const id = newId();
  await days.db.work.run((tx) =>
    tx.execute(
      `INSERT INTO bank_order (id, request_no, kind, send_group, subject_id, amount_fen, debit_account_id, credit_account_id, state, created_on)
       VALUES ($1, $2, $3, $1, $1, $4, $5, $6, $7, $8)`,
      [id, order.requestNo, order.kind, order.amount, order.from, order.to, order.state ?? 'unknown', FIRST_DAY],
    ),
  );
  return id;
}

/** A customer's account, the repayment account of a listing, the fee account, and the world outside. */
export async function someAccounts(days: PaperDays): Promise<Record<'customer' | 'repayment' | 'fees' | 'outside', Uuid>> {
  return days.db.work.run(async (tx) => {
    const [customer, repayment, fees] = await openAccounts(tx, [
      { kind: 'E', accountNo: 'E1' },
      { kind: 'R', accountNo: 'R', listingNo: 'L1' },
      { kind: 'F', accountNo: 'F' },
    ]);
    return { customer: customer!, repayment: repayment!, fees: fees!, outside: await outsideAccount(tx) };
  });
}
