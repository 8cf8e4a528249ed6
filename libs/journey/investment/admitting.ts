import { openIfDue } from '#journey/listing';
import { commandRefusals, Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import { GroupCommitter } from '#platform/database';
import type { Batch, Company, Work } from '#platform/database';
import { currentRequestId } from '#platform/logging';
import { refusalOf } from './admission';
import type { Decision, InvestorCaps } from './admission';
import { freezeJob } from './freezing';
import { investmentRefusals } from './investment.refusals';
import type { InvestmentOrder } from './investment';

/** One order as a customer sends it. `digest` is that of the request's body: the same key with another body is refused. */
export interface OrderRequest {
  readonly listingId: Uuid;
  readonly customerId: Uuid;
  readonly amount: Fen;
  readonly acceptsPart: boolean;
  readonly key: string;
  readonly digest: string;
}

/** What of an order is known, and never changes, when it is admitted. */
export type AdmittedOrder = Pick<
  InvestmentOrder,
  'id' | 'no' | 'listing_id' | 'customer_id' | 'amount_fen' | 'accepts_part' | 'admission_id' | 'admitted_at'
>;

/** What was decided, durably, before the customer is answered. */
export type AdmissionResult = { readonly order: AdmittedOrder; readonly replayed: boolean } | { readonly refusal: Refusal };

/**
 * The door of all listings, one per api process. Orders for the same listing that arrive while a batch is being committed form the next batch, and a batch is one
 * statement: `admit_orders` of the database locks the listing's door once, decides each wish by the rules of `weigh`, and writes what it admits. Several processes
 * never oversell, because the door's row and its CHECK are the database's.
 */
export class Admission {
  private readonly committer: GroupCommitter<OrderRequest, AdmissionResult>;

  /**
   * @param caps of the channel, in fen; none unless set
   * @param company who else knows when another process was at the door; all of this process unless set
   */
  constructor(
    private readonly work: Work,
    private readonly caps: InvestorCaps = {},
    company?: Company,
  ) {
    this.committer = new GroupCommitter({ key: (request) => request.listingId, commit: (requests) => this.commit(requests), company });
  }

  /** @throws Refusal as `admission.ts` documents; the order is committed when this resolves */
  async admit(request: OrderRequest): Promise<{ order: AdmittedOrder; replayed: boolean }> {
    const result = await this.committer.submit(request);
    if ('refusal' in result) throw result.refusal;
    return result;
  }

  private async commit(requests: readonly OrderRequest[]): Promise<Batch<AdmissionResult>> {
    const batch = await this.decide(requests);
    if (!batch.results.some(isNotOpen)) return batch;
    // The first knock after the opening time opens the door, so that the opening is exact to the millisecond and waits for no job.
    const opened = await this.work.run((tx) => openIfDue(tx, requests[0]!.listingId));
    return opened ? this.decide(requests) : batch;
  }

  private async decide(requests: readonly OrderRequest[]): Promise<Batch<AdmissionResult>> {
    const { first, distinct } = withoutTwins(requests);
    const { results: decided, contended } = await this.decideDistinct(distinct);
    const results = requests.map((request, index): AdmissionResult | undefined => {
      const result = decided[first[index]!]!;
      const leader = distinct[first[index]!]!;
      if (leader === request) return result;
      // A refused order has used no key: another one under the same key is decided for itself.
      if (leader.digest !== request.digest)
        return 'refusal' in result ? undefined : { refusal: new Refusal(commandRefusals.IDEMPOTENCY_KEY_REUSED) };
      return 'refusal' in result ? result : { order: result.order, replayed: true };
    });
    const undecided = requests.filter((_, index) => results[index] === undefined);
    const later = undecided.length === 0 ? [] : [...(await this.decide(undecided)).results];
    return { results: results.map((result) => result ?? later.shift()!), contended };
  }

  private async decideDistinct(requests: readonly OrderRequest[]): Promise<Batch<AdmissionResult>> {
    const admissionId = newId();
    const ids = requests.map(() => newId());
    const rows = await this.work.once<Verdict>(ADMIT, this.parameters(requests, ids, admissionId));
    const placeOf = new Map(ids.map((id, place) => [id, place]));
    const results: AdmissionResult[] = new Array<AdmissionResult>(requests.length);
    const replays = new Map<Uuid, number>();
    let contended = false;
    for (const row of rows) {
      if (row.outcome === 'WAITED') {
        contended = true;
        continue;
      }
      const place = row.place === null ? placeOf.get(row.order_id!)! : row.place - 1;
      if (row.outcome === 'REPLAY') replays.set(row.order_id!, place);
      else if (row.outcome !== 'ADMITTED') results[place] = { refusal: refusalOf(row) };
      else results[place] = { order: admitted(row, requests[place]!, admissionId), replayed: false };
    }
    if (replays.size > 0) {
      for (const order of await this.work.once<InvestmentOrder>('SELECT * FROM investment_order WHERE id = ANY ($1::uuid[])', [
        [...replays.keys()],
      ]))
        results[replays.get(order.id)!] = { order, replayed: true };
    }
    return { results, contended };
  }

  private parameters(requests: readonly OrderRequest[], ids: readonly Uuid[], admissionId: Uuid): unknown[] {
    const slots = new Map<Uuid, number>();
    for (const { customerId } of requests) if (!slots.has(customerId)) slots.set(customerId, slots.size + 1);
    return [
      requests[0]!.listingId,
      admissionId,
      ids,
      requests.map(({ customerId }) => customerId),
      requests.map(({ customerId }) => slots.get(customerId)!),
      requests.map(({ amount }) => amount),
      requests.map(({ acceptsPart }) => acceptsPart),
      requests.map(({ key }) => key),
      requests.map(({ digest }) => digest),
      this.caps.total ?? null,
      this.caps.perListing ?? null,
      freezeJob.lane,
      currentRequestId() ?? null,
    ];
  }
}

/** One row of `admit_orders`: what came of a wish, or WAITED, once, when another process held the door for more than half a millisecond. */
interface Verdict extends Decision {
  /** From 1; null for an admitted order, which is known by its id, and for WAITED. */
  readonly place: number | null;
  readonly order_id: Uuid | null;
  readonly no: bigint | null;
  readonly admitted_at: Date | null;
}

const ADMIT =
  'SELECT * FROM admit_orders($1, $2, $3::uuid[], $4::uuid[], $5::int[], $6::bigint[], $7::boolean[], $8::text[], $9::text[], $10, $11, $12, $13)';

function admitted(row: Verdict, request: OrderRequest, admissionId: Uuid): AdmittedOrder {
  return {
    id: row.order_id!,
    no: row.no!,
    listing_id: request.listingId,
    customer_id: request.customerId,
    amount_fen: request.amount,
    accepts_part: request.acceptsPart,
    admission_id: admissionId,
    admitted_at: row.admitted_at!,
  };
}

/** Several requests with one key in one batch are one order: `first` points from each to the one that is decided. */
function withoutTwins(requests: readonly OrderRequest[]): { first: readonly number[]; distinct: readonly OrderRequest[] } {
  const places = new Map<string, number>();
  const distinct: OrderRequest[] = [];
  const first = requests.map((request) => {
    const slot = `${request.customerId}/${request.key}`;
    const known = places.get(slot);
    if (known !== undefined) return known;
    places.set(slot, distinct.length);
    return distinct.push(request) - 1;
  });
  return { first, distinct };
}

function isNotOpen(result: AdmissionResult): boolean {
  return 'refusal' in result && result.refusal.code === investmentRefusals.LISTING_NOT_OPEN;
}
