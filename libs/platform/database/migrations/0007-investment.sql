-- Orders of investors: admission, freezing, allocation, what goes back.

CREATE TABLE listing_quota (
  listing_id   uuid PRIMARY KEY REFERENCES listing (id),
  quota_fen    bigint NOT NULL CHECK (quota_fen > 0),                -- amount and overbooking allowance
  amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
  taken_fen    bigint NOT NULL DEFAULT 0 CHECK (taken_fen >= 0),     -- live orders: admitted, freezing, frozen, accepted …
  frozen_fen   bigint NOT NULL DEFAULT 0 CHECK (frozen_fen >= 0),    -- of these: known as frozen
  changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT listing_quota_never_oversold CHECK (taken_fen <= quota_fen)
);

CREATE TABLE listing_exposure (
  listing_id  uuid NOT NULL REFERENCES listing (id),
  customer_id uuid NOT NULL REFERENCES customer (id),
  amount_fen  bigint NOT NULL CHECK (amount_fen >= 0),
  PRIMARY KEY (listing_id, customer_id)
);

CREATE TABLE investment_order (
  id            uuid PRIMARY KEY,
  no            bigint GENERATED ALWAYS AS IDENTITY UNIQUE,          -- for people and ties
  state         text NOT NULL DEFAULT 'admitted',
  listing_id    uuid NOT NULL REFERENCES listing (id),
  customer_id   uuid NOT NULL REFERENCES customer (id),
  account_no    text NOT NULL,
  amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
  accepts_part  boolean NOT NULL,
  accepted_fen  bigint CHECK (accepted_fen > 0 AND accepted_fen <= amount_fen),
  collected_fen bigint CHECK (collected_fen > 0 AND collected_fen <= amount_fen),
  admission_id  uuid NOT NULL,                                       -- the batch that admitted it: the freezing job's subject
  hold_order_id uuid REFERENCES bank_order (id),
  hold_no       text,
  held_at       timestamptz,
  held_seq      bigint,
  actor         text NOT NULL,
  key           text NOT NULL,
  body_digest   text NOT NULL,
  refusal_code  text,
  business_date date NOT NULL,
  admitted_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT investment_order_state_check CHECK (state IN ('admitted', 'freezing', 'frozen', 'refused', 'cancelled', 'left_out', 'accepted', 'dropped', 'collected', 'lent', 'settled')),
  CONSTRAINT investment_order_frozen_has_hold CHECK (state NOT IN ('frozen', 'accepted', 'collected', 'lent', 'settled') OR (hold_no IS NOT NULL AND held_at IS NOT NULL AND held_seq IS NOT NULL)),
  CONSTRAINT investment_order_accepted CHECK (state NOT IN ('accepted', 'collected', 'lent', 'settled') OR accepted_fen IS NOT NULL),
  UNIQUE (actor, key)
);
CREATE INDEX investment_order_listing ON investment_order (listing_id, state);
CREATE INDEX investment_order_customer ON investment_order (customer_id, no);
CREATE INDEX investment_order_admission ON investment_order (admission_id);

-- The receipt of one allocation: input, rule version, result, digest. A listing can be allocated again after a gap was sold.
CREATE TABLE allocation (
  id           uuid PRIMARY KEY,
  listing_id   uuid NOT NULL REFERENCES listing (id),
  round        int NOT NULL,
  rule_version int NOT NULL,
  amount_fen   bigint NOT NULL,
  accepted_fen bigint NOT NULL,
  input        jsonb NOT NULL,
  result       jsonb NOT NULL,
  digest       text NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (listing_id, round)
);

-- What goes back to an investor before it was lent: a release of a hold or a refund of collected money.
CREATE TABLE investment_return (
  id            uuid PRIMARY KEY,
  state         text NOT NULL DEFAULT 'due',
  order_id      uuid NOT NULL REFERENCES investment_order (id),
  listing_id    uuid NOT NULL REFERENCES listing (id),
  source        text NOT NULL CHECK (source IN ('hold', 'disbursement')),  -- where the money lies now
  cause         text NOT NULL CHECK (cause IN ('oversubscription', 'cancelled', 'late_freeze', 'dropped', 'failed', 'withdrawn', 'unwound')),
  amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
  bank_order_id uuid REFERENCES bank_order (id),
  attempts      int NOT NULL DEFAULT 0,
  last_code     text,
  due_on        date NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT investment_return_state_check CHECK (state IN ('due', 'sent', 'done')),
  UNIQUE (order_id, source, cause)
);
CREATE INDEX investment_return_listing ON investment_return (listing_id, state);

REVOKE UPDATE, DELETE, TRUNCATE ON allocation FROM {{app}};

-- assert: SELECT count(*) = 5 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('listing_quota', 'listing_exposure', 'investment_order', 'allocation', 'investment_return')
