import type { Listing } from '#journey/listing';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { lockDay } from '#platform/clock';
import type { Tx } from '#platform/database';
import { enqueue } from '#platform/queue';
import { declareTransition, moveInParts } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { shrinkExposure } from './exposure';
import { investmentOrderLifecycle } from './investment.lifecycle';
import type { InvestmentOrder, ReturnCause } from './investment';

const leaveOutOrder = declareTransition(investmentOrderLifecycle, 'leave_out');

/** Rows that one statement writes: its parameters stay small also for the returns of a whole listing. */
const AT_ONCE = 10_000;

/** What goes back of one order, in fen, and where the money lies: where the listing's hold mode has put it, unless said otherwise. */
export interface Owed {
  readonly order: Pick<InvestmentOrder, 'id'>;
  readonly amount: bigint;
  readonly source?: 'hold' | 'disbursement';
}

/** Orders that were frozen and are not lent: each is left out and its whole amount is owed back. */
export async function leaveOut(
  tx: Tx,
  listing: Pick<Listing, 'id' | 'hold_mode'>,
  orders: readonly Pick<InvestmentOrder, 'id' | 'amount_fen'>[],
  cause: ReturnCause,
  by: By,
): Promise<void> {
  await moveInParts(
    tx,
    leaveOutOrder,
    orders.map(({ id }) => ({ id })),
    by,
  );
  const whole = orders.map((order) => ({ order, id: order.id, amount: order.amount_fen }));
  await shrinkExposure(tx, listing.id, whole);
  await oweReturns(tx, listing, whole, cause);
}

/** Writes what goes back (a noun of its own, so that one order can be accepted for one part while another part returns) and the job that gives it back. */
export async function oweReturns(
  tx: Tx,
  listing: Pick<Listing, 'id' | 'hold_mode'>,
  owed: readonly Owed[],
  cause: ReturnCause,
): Promise<void> {
  const [first] = owed;
  if (first === undefined) return;
  const today = await lockDay(tx);
  const usual = listing.hold_mode === 'freeze' ? 'hold' : 'disbursement';
  for (let start = 0; start < owed.length; start += AT_ONCE) {
    const some = owed.slice(start, start + AT_ONCE);
    await tx.execute(
      `INSERT INTO investment_return (id, order_id, amount_fen, source, listing_id, cause, due_on) SELECT w.*, $5, $6, $7
       FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) AS w`,
      [
        some.map(() => newId()),
        some.map(({ order }) => order.id),
        some.map(({ amount }) => amount),
        some.map(({ source }) => source ?? usual),
        listing.id,
        cause,
        today,
      ],
    );
  }
  await wantGivenBack(tx, listing.id, `${first.order.id}:${cause}`);
}

/** Rings for the job that gives back what is due of a listing. @param key what asks for it: the same asks once */
export async function wantGivenBack(tx: Tx, listingId: Uuid, key: string): Promise<void> {
  await enqueue(tx, [{ name: 'investment.give-back', subject: listingId, key: `${listingId}:${key}` }]);
}
