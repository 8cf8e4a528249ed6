import type { AdmittedOrder, InvestmentOrder, InvestmentReturn } from '#journey/investment';
import { publicId } from '#kernel/ids';
import { fen, fenToJson } from '#kernel/money';
import { instant } from '#kernel/time';

/** What a customer is answered when his order is admitted: only what never changes, so that a repetition gives the same bytes. */
export function admissionAnswer(order: AdmittedOrder): object {
  return {
    id: publicId('ord', order.id),
    no: Number(order.no),
    listingId: publicId('lst', order.listing_id),
    amountFen: fenToJson(fen(order.amount_fen)),
    acceptsPart: order.accepts_part,
    state: 'admitted',
    admittedAt: instant(order.admitted_at),
  };
}

/** One order as it stands, with what went back and why. */
export function orderAnswer(order: InvestmentOrder, returns: readonly InvestmentReturn[]): object {
  return {
    ...admissionAnswer(order),
    state: order.state,
    acceptedFen: order.accepted_fen === null ? null : fenToJson(fen(order.accepted_fen)),
    collectedFen: order.collected_fen === null ? null : fenToJson(fen(order.collected_fen)),
    heldAt: order.held_at === null ? null : instant(order.held_at),
    holdNo: order.hold_no,
    refusalCode: order.refusal_code,
    returns: returns.map((row) => ({ amountFen: fenToJson(fen(row.amount_fen)), cause: row.cause, state: row.state, dueOn: row.due_on })),
  };
}
