import { listingRefusals } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import { GroupCommitter, violatedConstraint } from '#platform/database';
import type { Tx, Work } from '#platform/database';
import { enqueue } from '#platform/queue';
import { weigh } from './admission';
import type { Door } from './admission';
import { freezeJob } from './freezing';
import { investmentRefusals } from './investment.refusals';
import type { InvestmentOrder } from './investment';
import { keysOfCommands } from './order-keys';

/** One order as a customer sends it. `digest` is that of the request's body: the same key with another body is refused. */
export interface OrderRequest {
  readonly listingId: Uuid;
  readonly customerId: Uuid;
  readonly amount: Fen;
  readonly acceptsPart: boolean;
  readonly key: string;
  readonly digest: string;
}

/** What was decided, durably, before the customer is answered. */
export type AdmissionResult = { readonly order: InvestmentOrder; readonly replayed: boolean } | { readonly refusal: Refusal };

/**
 * The door of all listings, one per api process. Orders for the same listing that arrive while a batch is being committed form the next batch: the listing's
 * counter is locked once per batch. Several processes never oversell, because the counter's row and its CHECK are the database's.
 */
export class Admission {
  private readonly committer: GroupCommitter<OrderRequest, AdmissionResult>;

  constructor(work: Work) {
    this.committer = new GroupCommitter({
      key: (request) => request.listingId,
      commit: (requests) => work.run((tx) => admit(tx, requests)),
    });
  }

  /** @throws Refusal as `admission.ts` documents; the order is committed when this resolves */
  async admit(request: OrderRequest): Promise<{ order: InvestmentOrder; replayed: boolean }> {
    const result = await this.decide(request);
    if ('refusal' in result) throw result.refusal;
    return result;
  }

  /** The same key was used for another listing at the same moment: by now that order is committed, and is found. */
  private async decide(request: OrderRequest): Promise<AdmissionResult> {
    try {
      return await this.committer.submit(request);
    } catch (error) {
      if (violatedConstraint(error) !== 'investment_order_actor_key_key') throw error;
      return this.committer.submit(request);
    }
  }
}

/** One batch of orders for one listing, in one transaction. */
async function admit(tx: Tx, requests: readonly OrderRequest[]): Promise<AdmissionResult[]> {
  const today = await lockDay(tx);
  const listingId = requests[0]!.listingId;
  const door = await openDoor(tx, listingId, requests, today);
  // Looked for behind the counter's lock: a twin that another process has just committed is seen.
  const replays = await earlier(tx, requests);
  const otherCommands = await keysOfCommands(tx, requests);
  if (door === undefined) return requests.map(() => ({ refusal: new Refusal(listingRefusals.LISTING_NOT_FOUND) }));
  const accounts = await accountsOf(tx, requests);
  const admitted: { request: OrderRequest; accountNo: string; index: number }[] = [];
  const seen = new Map<string, number>();
  const results: (AdmissionResult | number)[] = requests.map((request, index) => {
    const slot = `${request.customerId}/${request.key}`;
    if (otherCommands.has(slot)) return { refusal: new Refusal(investmentRefusals.IDEMPOTENCY_KEY_REUSED) };
    const known = replays.get(slot);
    if (known !== undefined) return replay(known, request);
    const twin = seen.get(slot);
    if (twin !== undefined)
      return requests[twin]!.digest === request.digest ? twin : { refusal: new Refusal(investmentRefusals.IDEMPOTENCY_KEY_REUSED) };
    const account = accounts.get(request.customerId);
    const refusal = weigh(door, {
      customerId: request.customerId,
      accountNo: account?.e_account_no ?? null,
      accountStatus: account?.e_account_status ?? 'NONE',
      amount: request.amount,
    });
    if (refusal !== undefined) return { refusal };
    seen.set(slot, index);
    admitted.push({ request, accountNo: account!.e_account_no!, index });
    return index;
  });
  const orders = await write(tx, listingId, door, admitted, today);
  return results.map((result, index) => settleResult(result, index, results, orders));
}

/** A number points at the first of several requests with the same key in one batch. */
function settleResult(
  result: AdmissionResult | number,
  index: number,
  results: readonly (AdmissionResult | number)[],
  orders: Map<number, InvestmentOrder>,
): AdmissionResult {
  if (typeof result !== 'number') return result;
  const order = orders.get(result);
  if (order !== undefined) return { order, replayed: result !== index };
  return results[result] as AdmissionResult;
}

function replay(known: InvestmentOrder, request: OrderRequest): AdmissionResult {
  const isSame = known.body_digest === request.digest && known.listing_id === request.listingId;
  return isSame ? { order: known, replayed: true } : { refusal: new Refusal(investmentRefusals.IDEMPOTENCY_KEY_REUSED) };
}

async function earlier(tx: Tx, requests: readonly OrderRequest[]): Promise<Map<string, InvestmentOrder>> {
  const rows = await tx.query<InvestmentOrder>(
    `SELECT o.* FROM investment_order o JOIN unnest($1::text[], $2::text[]) AS w (actor, key) ON o.actor = w.actor AND o.key = w.key`,
    [requests.map((request) => request.customerId), requests.map((request) => request.key)],
  );
  return new Map(rows.map((row) => [`${row.actor}/${row.key}`, row]));
}

async function openDoor(tx: Tx, listingId: Uuid, requests: readonly OrderRequest[], today: BusinessDate): Promise<Door | undefined> {
  // FOR SHARE: the door cannot be closed while a batch is being decided. The counter is what admissions wait for among themselves.
  const [listing] = await tx.query<Listing>('SELECT * FROM listing WHERE id = $1 FOR SHARE', [listingId]);
  if (listing === undefined) return undefined;
  const [quota] = await tx.query<{ quota_fen: bigint; taken_fen: bigint }>(
    'SELECT quota_fen, taken_fen FROM listing_quota WHERE listing_id = $1 FOR NO KEY UPDATE',
    [listingId],
  );
  const customers = [...new Set(requests.map((request) => request.customerId))].sort();
  const exposures = await tx.query<{ customer_id: Uuid; amount_fen: bigint }>(
    'SELECT customer_id, amount_fen FROM listing_exposure WHERE listing_id = $1 AND customer_id = ANY($2::uuid[]) ORDER BY customer_id FOR NO KEY UPDATE',
    [listingId, customers],
  );
  return {
    listing,
    isPastDeadline: listing.deadline !== null && listing.deadline < today,
    quota: quota?.quota_fen ?? 0n,
    taken: quota?.taken_fen ?? 0n,
    exposures: new Map(exposures.map((row) => [row.customer_id, row.amount_fen])),
  };
}

async function accountsOf(
  tx: Tx,
  requests: readonly OrderRequest[],
): Promise<Map<Uuid, { e_account_no: string | null; e_account_status: string }>> {
  const rows = await tx.query<{ id: Uuid; e_account_no: string | null; e_account_status: string }>(
    'SELECT id, e_account_no, e_account_status FROM customer WHERE id = ANY($1::uuid[])',
    [requests.map((request) => request.customerId)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Orders, counter, exposures and one job row for the freezing stage: each in one statement. */
async function write(
  tx: Tx,
  listingId: Uuid,
  door: Door,
  admitted: readonly { request: OrderRequest; accountNo: string; index: number }[],
  today: BusinessDate,
): Promise<Map<number, InvestmentOrder>> {
  if (admitted.length === 0) return new Map();
  const admissionId = newId();
  const ids = admitted.map(() => newId());
  const rows = await tx.query<InvestmentOrder>(
    `INSERT INTO investment_order (id, customer_id, account_no, amount_fen, accepts_part, actor, key, body_digest, listing_id, admission_id, business_date)
     SELECT w.id, w.customer_id, w.account_no, w.amount_fen, w.accepts_part, w.customer_id::text, w.key, w.digest, $8, $9, $10
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::boolean[], $6::text[], $7::text[])
       WITH ORDINALITY AS w (id, customer_id, account_no, amount_fen, accepts_part, key, digest, ord) ORDER BY w.ord RETURNING *`,
    [
      ids,
      admitted.map(({ request }) => request.customerId),
      admitted.map(({ accountNo }) => accountNo),
      admitted.map(({ request }) => request.amount),
      admitted.map(({ request }) => request.acceptsPart),
      admitted.map(({ request }) => request.key),
      admitted.map(({ request }) => request.digest),
      listingId,
      admissionId,
      today,
    ],
  );
  const touched = [...new Set(admitted.map(({ request }) => request.customerId))].sort();
  await tx.execute(
    `INSERT INTO listing_exposure (listing_id, customer_id, amount_fen) SELECT $1, * FROM unnest($2::uuid[], $3::bigint[])
     ON CONFLICT (listing_id, customer_id) DO UPDATE SET amount_fen = excluded.amount_fen`,
    [listingId, touched, touched.map((id) => door.exposures.get(id)!)],
  );
  await tx.execute('UPDATE listing_quota SET taken_fen = $2, changed_at = clock_timestamp() WHERE listing_id = $1', [
    listingId,
    door.taken,
  ]);
  await enqueue(tx, [{ name: freezeJob.name, subject: admissionId }]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return new Map(admitted.map(({ index }, position) => [index, byId.get(ids[position]!)!]));
}
