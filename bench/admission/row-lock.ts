import { Pool } from 'pg';
import { investmentRefusals } from '#journey/investment';
import type { OrderRequest } from '#journey/investment';
import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { CustomerApiPorts } from '../../apps/customer-api/ports';

type Code = keyof typeof investmentRefusals;

interface Row {
  readonly code: Code | null;
  readonly id: Uuid;
  readonly no: string;
  readonly admitted_at: Date;
  readonly replayed: boolean;
}

/**
 * What the platform would be without group commit: each order is one call of `bench_admit`, committed by itself in one trip. The function makes the same checks
 * and writes the same rows; it takes the lock of the listing's counter as its last act, so that the lock is held for the commit and for nothing else.
 */
export class RowLockAdmission {
  private readonly pool: Pool;

  constructor(connectionString: string, poolSize: number) {
    this.pool = new Pool({ connectionString, max: poolSize, idleTimeoutMillis: 0, application_name: `row lock ${poolSize}` });
  }

  /** @throws Refusal as the door of the platform does */
  async admit(request: OrderRequest): ReturnType<CustomerApiPorts['admission']['admit']> {
    const { listingId, customerId, amount, acceptsPart, key, digest } = request;
    const admissionId = newId();
    const values = [listingId, customerId, amount, acceptsPart, key, digest, newId(), admissionId];
    const { rows } = await this.pool.query<Row>({ name: 'bench_admit', text: CALL, values });
    const { code, id, no, admitted_at: admittedAt, replayed } = rows[0]!;
    if (code !== null) throw new Refusal(investmentRefusals[code]);
    const asked = { listing_id: listingId, customer_id: customerId, amount_fen: amount, accepts_part: acceptsPart };
    return { order: { id, no: BigInt(no), ...asked, admission_id: admissionId, admitted_at: admittedAt }, replayed };
  }
}

const CALL = 'SELECT code, id, no, admitted_at, replayed FROM bench_admit($1, $2, $3, $4, $5, $6, $7, $8)';

/** Creates `bench_admit`, in the bench's own database only; as the owner. */
export const ROW_LOCK_FUNCTION = `
CREATE FUNCTION bench_admit(_listing uuid, _customer uuid, _amount bigint, _part boolean, _key text, _digest text, _id uuid, _admission uuid,
  OUT code text, OUT id uuid, OUT no bigint, OUT admitted_at timestamptz, OUT replayed boolean) LANGUAGE plpgsql AS $$
DECLARE
  door record;
  twin record;
BEGIN
  replayed := false;
  PERFORM pg_advisory_xact_lock_shared(7265002);
  SELECT q.is_open, l.borrower_id, l.minimum_order_fen, l.step_fen, l.investor_cap_fen, l.deadline < b.business_date AS is_late, b.business_date,
         c.e_account_no, c.e_account_status, coalesce(e.amount_fen, 0) AS exposure_fen, q.quota_fen - q.taken_fen AS remaining_fen,
         CASE l.audience
           WHEN 'named' THEN NOT EXISTS (SELECT FROM listing_guest g WHERE g.listing_id = l.id AND g.customer_no = c.customer_no)
           WHEN 'newcomers' THEN EXISTS (SELECT FROM investment_order i WHERE i.customer_id = c.id AND i.listing_id <> l.id
             AND i.state IN ('admitted', 'freezing', 'frozen', 'accepted', 'collected', 'lent', 'settled'))
           ELSE false END AS is_stranger,
         EXISTS (SELECT FROM command k WHERE k.actor = _customer::text AND k.key = _key) AS is_command
    INTO door
    FROM listing l JOIN listing_quota q ON q.listing_id = l.id JOIN business_clock b ON b.id = 1 JOIN customer c ON c.id = _customer
    LEFT JOIN listing_exposure e ON e.listing_id = l.id AND e.customer_id = c.id
   WHERE l.id = _listing;
  IF door.is_command THEN code := 'IDEMPOTENCY_KEY_REUSED'; RETURN; END IF;
  SELECT o.id, o.no, o.admitted_at, o.listing_id = _listing AND o.body_digest = _digest AS is_same INTO twin
    FROM investment_order o WHERE o.actor = _customer::text AND o.key = _key;
  IF FOUND THEN
    IF NOT twin.is_same THEN code := 'IDEMPOTENCY_KEY_REUSED'; RETURN; END IF;
    id := twin.id; no := twin.no; admitted_at := twin.admitted_at; replayed := true;
    RETURN;
  END IF;
  code := CASE
    WHEN NOT door.is_open OR door.is_late THEN 'LISTING_DOOR_CLOSED'
    WHEN door.e_account_no IS NULL OR door.e_account_status <> 'ACTIVE' THEN 'E_ACCOUNT_MISSING'
    WHEN _customer = door.borrower_id THEN 'OWN_LISTING'
    WHEN door.is_stranger THEN 'LISTING_FOR_NAMED'
    WHEN door.remaining_fen <= 0 THEN 'LISTING_SOLD_OUT'
    WHEN _amount <> door.remaining_fen AND _amount < door.minimum_order_fen THEN 'ORDER_BELOW_MINIMUM'
    WHEN _amount <> door.remaining_fen AND (_amount - door.minimum_order_fen) % door.step_fen <> 0 THEN 'ORDER_OFF_STEP'
    WHEN door.exposure_fen + _amount > door.investor_cap_fen THEN 'ORDER_ABOVE_CAP'
    WHEN _amount > door.remaining_fen THEN 'ORDER_ABOVE_REMAINDER'
    WHEN _amount < door.remaining_fen AND door.remaining_fen - _amount < door.minimum_order_fen THEN 'REMAINDER_BELOW_MINIMUM'
  END;
  IF code IS NOT NULL THEN RETURN; END IF;
  INSERT INTO investment_order (id, customer_id, account_no, amount_fen, accepts_part, actor, key, body_digest, listing_id, admission_id, business_date)
    VALUES (_id, _customer, door.e_account_no, _amount, _part, _customer::text, _key, _digest, _listing, _admission, door.business_date)
    RETURNING investment_order.id, investment_order.no, investment_order.admitted_at INTO id, no, admitted_at;
  INSERT INTO listing_exposure AS e (listing_id, customer_id, amount_fen) VALUES (_listing, _customer, _amount)
    ON CONFLICT (listing_id, customer_id) DO UPDATE SET amount_fen = e.amount_fen + excluded.amount_fen
    WHERE e.amount_fen + excluded.amount_fen <= door.investor_cap_fen;
  IF NOT FOUND THEN RAISE EXCEPTION 'the cap was reached meanwhile'; END IF;
  INSERT INTO job (name, subject, unique_key, lane) VALUES ('investment.freeze', _admission::text, _admission::text, 'freezing');
  UPDATE listing_quota SET taken_fen = taken_fen + _amount, changed_at = clock_timestamp() WHERE listing_id = _listing AND is_open
    AND (taken_fen + _amount = quota_fen OR taken_fen + _amount <= quota_fen - door.minimum_order_fen);
  IF NOT FOUND THEN RAISE EXCEPTION 'what remained was taken meanwhile'; END IF;
END
$$`;
