import type { MandateState } from '#bank/port';
import { Refusal } from '#kernel/faults';
import { newId, type Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { identityRefusals } from './identity.refusals';

/** By what right an account is charged: repaying, advancing, giving back, investing. */
export type MandateKind = 'REPAY' | 'ADVANCE' | 'RETURN' | 'INVEST';

/** A mandate 代扣授权 as the bank tells it. */
export interface Mandate {
  readonly customerId: Uuid;
  readonly accountNo: string;
  readonly kind: MandateKind;
  readonly mandateNo: string;
  /** The bank's word: only `ACTIVE` charges. */
  readonly status: string;
  readonly maxAmount: Fen;
  /** Last day on which it may be used. */
  readonly until: BusinessDate;
}

/**
 * Takes over what the bank says of a mandate. Under a known number only status, amount and last day may differ.
 * @throws Refusal MANDATE_DIFFERS when the number stands for another customer, account or kind
 */
export async function recordMandate(tx: Tx, owner: Pick<Mandate, 'customerId' | 'accountNo' | 'kind'>, told: MandateState): Promise<void> {
  const [row] = await tx.query<{ id: Uuid }>(
    `INSERT INTO mandate AS known (id, customer_id, account_no, kind, mandate_no, status, max_amount_fen, valid_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (mandate_no) DO UPDATE SET status = excluded.status, max_amount_fen = excluded.max_amount_fen, valid_until = excluded.valid_until,
       changed_at = clock_timestamp()
      WHERE (known.customer_id, known.account_no, known.kind) = (excluded.customer_id, excluded.account_no, excluded.kind)
     RETURNING id`,
    [newId(), owner.customerId, owner.accountNo, owner.kind, told.mandateNo, told.status, told.maxAmount, told.until],
  );
  if (row === undefined) throw new Refusal(identityRefusals.MANDATE_DIFFERS);
}
