import type { Uuid } from '#kernel/ids';
import type { StateOf } from '#kernel/lifecycle';
import type { BusinessDate } from '#kernel/time';
import type { reclaimLifecycle } from './reclaim.lifecycle';

/** One row of `reclaim`; the amount in fen. */
export interface Reclaim {
  readonly id: Uuid;
  readonly state: StateOf<typeof reclaimLifecycle>;
  readonly settlement_id: Uuid;
  readonly listing_id: Uuid;
  readonly source: 'premium' | 'fee';
  readonly amount_fen: bigint;
  readonly debtor_account_id: Uuid;
  readonly bank_order_id: Uuid | null;
  readonly asked_on: BusinessDate | null;
  readonly bridge_tried_on: BusinessDate | null;
}

/** What is to be done about a reclaim: `close` gives up a number that the bank has not decided since an earlier day. */
export type ReclaimStep = 'ask' | 'close' | 'bridge' | 'recover' | 'wait';

/**
 * The next step of a reclaim. Whoever was paid is asked once a day. From `bridgeOn`, the working day after the unwinding began, the bank's advance account pays what
 * he has refused on that day; a number that is still undecided is closed first, because money must not come twice. What the bank has paid is asked for once a day.
 * @param isPaid whether he still has it: what the bank itself has sent back is neither asked for nor recovered from him
 */
export function stepOf(
  { state, asked_on: askedOn, bridge_tried_on: triedOn }: Pick<Reclaim, 'state' | 'asked_on' | 'bridge_tried_on'>,
  isPaid: boolean,
  bridgeOn: BusinessDate,
  today: BusinessDate,
): ReclaimStep {
  if (!isPaid) return state === 'asked' ? 'close' : 'wait';
  if (state === 'due' && askedOn !== today) return 'ask';
  if (state === 'due' && bridgeOn <= today && triedOn !== today) return 'bridge';
  if (state === 'asked' && bridgeOn <= today && askedOn !== today) return 'close';
  if (state === 'bridged' && askedOn !== today) return 'recover';
  return 'wait';
}

/** Whether what is wanted lies in D: from whoever was paid, or from the bank in his place. */
export function isInD({ state }: Pick<Reclaim, 'state'>): boolean {
  return state === 'back' || state === 'bridged' || state === 'recovering' || state === 'recovered';
}
