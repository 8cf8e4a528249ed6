import { bankReason, causeSentences, orderSentences, returnSentences } from '#journey/investment';
import type { AdmittedOrder, BankReason, BankStep, InvestmentOrder, OrderView, ReturnView } from '#journey/investment';
import { publicId } from '#kernel/ids';
import { fen, fenToJson } from '#kernel/money';
import { instant } from '#kernel/time';
import type { Instant } from '#kernel/time';

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

/** One order as it stands, in a list: with what went back and why. */
export function orderAnswer(order: InvestmentOrder, returns: readonly ReturnView[]): object {
  const refusal = refusalOf(order);
  return {
    ...admissionAnswer(order),
    state: order.state,
    stateText: orderSentences[order.state],
    acceptedFen: fenOrNull(order.accepted_fen),
    collectedFen: fenOrNull(order.collected_fen),
    heldAt: momentOrNull(order.held_at),
    holdNo: order.hold_no,
    refusalCode: refusal?.code ?? null,
    refusal,
    returns: returns.map(returnAnswer),
  };
}

/** Where one order is: its place in the queue, what the bank has done, and every move that it has made. */
export function orderSightAnswer(order: OrderView): object {
  const { queue, hold, collection } = order;
  return {
    ...orderAnswer(order, order.returns),
    accountNo: `****${order.account_no.slice(-4)}`,
    listingState: order.listing_state,
    queue:
      queue === null
        ? null
        : {
            ordersBefore: Number(queue.orders_before),
            fenBefore: fenToJson(fen(queue.fen_before)),
            listingFen: fenToJson(fen(queue.listing_fen)),
          },
    bank: { hold: hold === null ? null : stepAnswer(hold), collection: collection === null ? null : stepAnswer(collection) },
    timeline: order.moves.map(({ state, business_date, recorded_at }) => ({
      state,
      ...orderSentences[state],
      businessDate: business_date,
      at: instant(recorded_at),
    })),
  };
}

function returnAnswer(row: ReturnView): object {
  return {
    amountFen: fenToJson(fen(row.amount_fen)),
    cause: row.cause,
    causeText: causeSentences[row.cause],
    state: row.state,
    stateText: returnSentences[row.state],
    dueOn: row.due_on,
    tryOn: row.try_on,
    attempts: row.attempts,
    lastRefusal: row.state === 'done' || row.last_code === null ? null : bankReason(row.last_code),
    bankSerial: row.serial,
    bankDate: row.bank_date,
    bankTime: momentOrNull(row.bank_time),
  };
}

function stepAnswer(step: BankStep): object {
  return { kind: step.kind, state: step.state, bankSerial: step.serial, bankDate: step.bank_date, bankTime: momentOrNull(step.bank_time) };
}

/** Why the bank said no. An order that was collected at the second attempt keeps the code of the first one in its row: it is not refused. */
function refusalOf(order: InvestmentOrder): BankReason | null {
  const isRefused = order.state === 'refused' || order.state === 'dropped' || order.state === 'accepted';
  return isRefused && order.refusal_code !== null ? bankReason(order.refusal_code) : null;
}

function fenOrNull(amount: bigint | null): number | null {
  return amount === null ? null : fenToJson(fen(amount));
}

function momentOrNull(moment: Date | null): Instant | null {
  return moment === null ? null : instant(moment);
}
