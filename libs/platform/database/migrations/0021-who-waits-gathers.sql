-- `admit_orders` says when it had to wait at the door: then the process behind it gathers more wishes for its next batch (decision 0026). And its plans are kept: the
-- planner preferred to plan the look at the wishes anew for every batch, while it held the door.

-- Decides one batch of wishes for one listing, in their order, and writes what it admits: orders, exposures, the counter, the freezing stage's job. The rules and
-- their order are those of `weigh` in journey/investment/admission.ts; a property test compares the two. One row per wish: of an admitted one its id, number and time,
-- of any other its place in the batch and the code of its refusal (REPLAY: the order that this key made before) with two figures for its details. One row more, WAITED,
-- when another process held the door for longer than anything in this one takes.
CREATE OR REPLACE FUNCTION admit_orders(
  p_listing uuid, p_admission uuid, p_ids uuid[], p_customers uuid[], p_slots int[], p_amounts bigint[], p_parts boolean[], p_keys text[], p_digests text[],
  p_total_cap bigint, p_listing_cap bigint, p_lane text, p_request_id text
) RETURNS TABLE (place int, order_id uuid, outcome text, no bigint, admitted_at timestamptz, figure bigint, figure2 bigint)
LANGUAGE plpgsql
-- The plans are made once and kept; at that time the tables may be empty, and whatever reads all of one to find a row of it would stay.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
  today date;
  l listing%ROWTYPE;
  q listing_quota%ROWTYPE;
  w record;
  code text;
  remaining bigint;
  rest bigint;
  cap bigint;
  exposure bigint;
  exposures bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_ids)]);
  admitted boolean[] := array_fill(false, ARRAY[cardinality(p_ids)]);
  many int := 0;
  knocked timestamptz;
BEGIN
  -- Locks in the order of the house: the day, keys, the listing's door, customers.
  PERFORM pg_advisory_xact_lock_shared(7265002);
  PERFORM pg_advisory_xact_lock(slot) FROM (
    SELECT DISTINCT hashtextextended('command ' || k.customer || ' ' || k.key, 0) AS slot FROM unnest(p_customers, p_keys) AS k (customer, key) ORDER BY slot) AS slots;
  SELECT business_date INTO STRICT today FROM business_clock WHERE id = 1;
  SELECT * INTO l FROM listing WHERE id = p_listing;
  -- Behind a closed or sold out door nothing can be admitted, so nothing is locked or written: the answer costs one read, and is never older than that read.
  SELECT * INTO q FROM listing_quota WHERE listing_id = p_listing;
  IF q.is_open AND q.taken_fen < q.quota_fen THEN
    knocked := clock_timestamp();
    SELECT * INTO q FROM listing_quota WHERE listing_id = p_listing FOR NO KEY UPDATE;
    IF clock_timestamp() - knocked > interval '0.5 milliseconds' THEN
      outcome := 'WAITED';
      RETURN NEXT;
    END IF;
  END IF;
  IF p_total_cap IS NOT NULL THEN
    PERFORM FROM customer WHERE id = ANY (p_customers) ORDER BY id FOR NO KEY UPDATE;
  END IF;
  cap := least(l.investor_cap_fen, p_listing_cap);
  remaining := coalesce(q.quota_fen - q.taken_fen, 0);

  FOR w IN
    -- Each wish looks for its own rows: a LIMIT keeps the planner from joining whole tables instead, an EXISTS from hashing them.
    SELECT n.place::int AS place, n.customer, n.amount, n.slot, n.digest, c.e_account_no, c.e_account_status, e.amount_fen AS exposure,
      o.id AS known_id, o.body_digest AS known_digest, o.listing_id AS known_listing, m.is_command IS TRUE AS is_command,
      CASE l.audience
        WHEN 'named' THEN (SELECT true FROM listing_guest g WHERE g.listing_id = p_listing AND g.customer_no = c.customer_no LIMIT 1) IS NOT TRUE
        WHEN 'newcomers' THEN (SELECT true FROM investment_order i WHERE i.customer_id = n.customer AND i.listing_id <> p_listing
          AND i.state IN ('admitted', 'freezing', 'frozen', 'accepted', 'collected', 'lent', 'settled') LIMIT 1) IS TRUE
        ELSE false END AS is_stranger,
      CASE WHEN p_total_cap IS NOT NULL THEN (SELECT coalesce(sum(x.amount_fen), 0)::bigint FROM listing_exposure x JOIN listing y ON y.id = x.listing_id
        WHERE x.customer_id = n.customer AND x.listing_id <> p_listing AND y.state NOT IN ('closed', 'failed', 'withdrawn')) END AS elsewhere
    FROM unnest(p_customers, p_amounts, p_slots, p_keys, p_digests) WITH ORDINALITY AS n (customer, amount, slot, key, digest, place)
    LEFT JOIN LATERAL (SELECT * FROM customer WHERE id = n.customer LIMIT 1) AS c ON true
    LEFT JOIN LATERAL (SELECT * FROM listing_exposure x WHERE x.listing_id = p_listing AND x.customer_id = n.customer LIMIT 1) AS e ON true
    LEFT JOIN LATERAL (SELECT * FROM investment_order x WHERE x.actor = n.customer::text AND x.key = n.key LIMIT 1) AS o ON true
    LEFT JOIN LATERAL (SELECT true AS is_command FROM command x WHERE x.actor = n.customer::text AND x.key = n.key LIMIT 1) AS m ON true
    ORDER BY n.place
  LOOP
    code := NULL; figure := NULL; figure2 := NULL; order_id := NULL;
    exposure := coalesce(exposures[w.slot], w.exposure, 0);
    rest := remaining - w.amount;
    IF w.is_command THEN code := 'IDEMPOTENCY_KEY_REUSED';
    ELSIF w.known_id IS NOT NULL THEN
      IF w.known_digest = w.digest AND w.known_listing = p_listing THEN code := 'REPLAY'; order_id := w.known_id;
      ELSE code := 'IDEMPOTENCY_KEY_REUSED'; END IF;
    ELSIF l.id IS NULL THEN code := 'LISTING_NOT_FOUND';
    ELSIF l.state IN ('drafted', 'in_credit', 'in_review', 'approved', 'scheduled') THEN code := 'LISTING_NOT_OPEN';
    ELSIF q.is_open IS NOT TRUE OR l.deadline < today THEN code := 'LISTING_DOOR_CLOSED';
    ELSIF w.e_account_no IS NULL OR w.e_account_status <> 'ACTIVE' THEN code := 'E_ACCOUNT_MISSING';
    ELSIF w.customer = l.borrower_id THEN code := 'OWN_LISTING';
    ELSIF w.is_stranger THEN code := CASE l.audience WHEN 'named' THEN 'LISTING_FOR_NAMED' ELSE 'LISTING_FOR_NEWCOMERS' END;
    ELSIF remaining <= 0 THEN code := 'LISTING_SOLD_OUT';
    ELSIF rest <> 0 AND w.amount < l.minimum_order_fen THEN code := 'ORDER_BELOW_MINIMUM'; figure := l.minimum_order_fen;
    ELSIF rest <> 0 AND (w.amount - l.minimum_order_fen) % l.step_fen <> 0 THEN code := 'ORDER_OFF_STEP'; figure := l.step_fen;
    ELSIF exposure + w.amount > cap THEN code := 'ORDER_ABOVE_CAP'; figure := cap; figure2 := exposure;
    ELSIF w.elsewhere + exposure + w.amount > p_total_cap THEN code := 'ORDER_ABOVE_TOTAL_CAP'; figure := p_total_cap; figure2 := w.elsewhere + exposure;
    ELSIF rest < 0 THEN code := 'ORDER_ABOVE_REMAINDER'; figure := remaining;
    ELSIF rest <> 0 AND rest < l.minimum_order_fen THEN code := 'REMAINDER_BELOW_MINIMUM'; figure := remaining;
    END IF;
    IF code IS NULL THEN
      remaining := rest;
      exposures[w.slot] := exposure + w.amount;
      admitted[w.place] := true;
      many := many + 1;
    ELSE
      place := w.place; outcome := code; no := NULL; admitted_at := NULL;
      RETURN NEXT;
    END IF;
  END LOOP;
  IF many = 0 THEN RETURN; END IF;

  UPDATE listing_quota SET taken_fen = quota_fen - remaining, changed_at = clock_timestamp() WHERE listing_id = p_listing;
  INSERT INTO listing_exposure (listing_id, customer_id, amount_fen)
    SELECT p_listing, n.customer, sum(n.amount) FROM unnest(p_customers, p_amounts, admitted) AS n (customer, amount, is_in) WHERE n.is_in
    GROUP BY n.customer ORDER BY n.customer
    ON CONFLICT (listing_id, customer_id) DO UPDATE SET amount_fen = listing_exposure.amount_fen + excluded.amount_fen;
  PERFORM enqueue_job('investment.freeze', p_admission::text, p_lane, p_request_id);
  RETURN QUERY
    INSERT INTO investment_order AS o (id, customer_id, account_no, amount_fen, accepts_part, actor, key, body_digest, listing_id, admission_id, business_date)
    SELECT n.id, n.customer, c.e_account_no, n.amount, n.part, n.customer::text, n.key, n.digest, p_listing, p_admission, today
    FROM unnest(p_ids, p_customers, p_amounts, p_parts, p_keys, p_digests, admitted) WITH ORDINALITY AS n (id, customer, amount, part, key, digest, is_in, place)
    CROSS JOIN LATERAL (SELECT x.e_account_no FROM customer x WHERE x.id = n.customer LIMIT 1) AS c
    WHERE n.is_in ORDER BY n.place
    RETURNING NULL::int, o.id, 'ADMITTED'::text, o.no, o.admitted_at, NULL::bigint, NULL::bigint;
END
$$;

-- assert: SELECT count(*) = 1 FROM pg_proc WHERE proname = 'admit_orders' AND prosrc LIKE '%WAITED%' AND 'plan_cache_mode=force_generic_plan' = ANY (proconfig)
