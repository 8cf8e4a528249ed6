import { quotaOf } from '#journey/listing';
import { MEAN_FEN, TERMS } from '../wishes';

/** What is sold beyond the amount. */
export const OVERBOOKING_PPM = 50_000;
export const PREMIUM_PPM = 5_000;
export const SERVICE_FEE_PPM = 2_000;

/** Orders of one customer in the mean, and the fewest customers. */
const ORDERS_EACH = 25;
const FEWEST_CUSTOMERS = 400;
/** One customer in so many has less money than he orders for, and one in so many has his account frozen by a court while the listing is raising. */
const POOR_ONE_IN = 33;
const COURT_ONE_IN = 500;

/** A raise of so many orders. Amounts in fen. */
export interface Plan {
  readonly orders: number;
  /** Wanted by the borrower, and what the door sells: so much that this many orders of the mean size fill it. */
  readonly amountFen: bigint;
  readonly quotaFen: bigint;
  /** Nobody may order more: so much that hardly anybody wants to. */
  readonly investorCapFen: number;
  /** The balance of each investor's account before the first order. */
  readonly balancesFen: readonly number[];
  /** Which investors' accounts a court freezes, by their place in the list. */
  readonly courts: readonly number[];
}

/** What it takes for a listing to need this many orders. */
export function planOf(orders: number): Plan {
  const customers = Math.max(FEWEST_CUSTOMERS, Math.ceil(orders / ORDERS_EACH));
  const soldFen = BigInt(orders) * BigInt(MEAN_FEN);
  const step = BigInt(TERMS.step);
  const amountFen = ((soldFen * 1_000_000n) / BigInt(1_000_000 + OVERBOOKING_PPM) / step) * step;
  const meanFen = Math.ceil((orders / customers) * MEAN_FEN);
  const investorCapFen = 3 * meanFen + 1_000 * TERMS.step;
  const isPoor = (at: number): boolean => at % POOR_ONE_IN === 0;
  return {
    orders,
    amountFen,
    quotaFen: quotaOf({ amount_fen: amountFen, overbooking_ppm: BigInt(OVERBOOKING_PPM) }),
    investorCapFen,
    balancesFen: Array.from({ length: customers }, (_, at) => (isPoor(at) ? Math.floor(meanFen * 0.4) : 2 * investorCapFen)),
    courts: Array.from({ length: customers }, (_, at) => at).filter((at) => at % COURT_ONE_IN === 1),
  };
}
