import type { Uuid } from '#kernel/ids';
import type { StateOf } from '#kernel/lifecycle';
import type { BusinessDate } from '#kernel/time';
import type { investmentOrderLifecycle, investmentReturnLifecycle } from './investment.lifecycle';

/** One row of `investment_order`; amounts in fen. */
export interface InvestmentOrder {
  readonly id: Uuid;
  readonly no: bigint;
  readonly state: StateOf<typeof investmentOrderLifecycle>;
  readonly listing_id: Uuid;
  readonly customer_id: Uuid;
  readonly account_no: string;
  readonly amount_fen: bigint;
  readonly accepts_part: boolean;
  readonly accepted_fen: bigint | null;
  readonly collected_fen: bigint | null;
  readonly admission_id: Uuid;
  readonly hold_order_id: Uuid | null;
  readonly hold_no: string | null;
  readonly held_at: Date | null;
  readonly held_seq: bigint | null;
  readonly actor: string;
  readonly key: string;
  readonly body_digest: string;
  readonly refusal_code: string | null;
  readonly business_date: BusinessDate;
  readonly admitted_at: Date;
}

/** Why something goes back. */
export type ReturnCause = 'oversubscription' | 'cancelled' | 'late_freeze' | 'dropped' | 'failed' | 'withdrawn' | 'unwound';

/** One row of `investment_return`. */
export interface InvestmentReturn {
  readonly id: Uuid;
  readonly state: StateOf<typeof investmentReturnLifecycle>;
  readonly order_id: Uuid;
  readonly listing_id: Uuid;
  readonly source: 'hold' | 'disbursement';
  readonly cause: ReturnCause;
  readonly amount_fen: bigint;
  readonly bank_order_id: Uuid | null;
  readonly attempts: number;
  readonly last_code: string | null;
  readonly due_on: BusinessDate;
  /** Not sent before this date; null: at once. */
  readonly try_on: BusinessDate | null;
  readonly first_refused_on: BusinessDate | null;
}
