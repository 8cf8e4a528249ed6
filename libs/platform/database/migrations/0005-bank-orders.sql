-- What we asked of the bank: committed before the call, decided through one door. Items of a batch are bank orders of their own under their batch.

CREATE TABLE bank_order (
  id                uuid PRIMARY KEY,
  request_no        text UNIQUE,                 -- of a call of its own; NULL for an item, whose number is its batch's
  parent_id         uuid REFERENCES bank_order (id),
  item_no           text UNIQUE,                 -- of an item, unique for ever
  kind              text NOT NULL,
  send_group        uuid NOT NULL,               -- bank orders that one job sends
  instruction       jsonb,                       -- what is asked, in our own terms; NULL for an item
  service           text,
  body              text,                        -- the bytes that are sent, committed before the first try; NULL for an item
  listing_id        uuid,
  loan_id           uuid,
  subject_id        uuid NOT NULL,               -- the owner's row (an investment order, a settlement, an instalment …)
  amount_fen        bigint NOT NULL DEFAULT 0 CHECK (amount_fen >= 0),
  debit_account_id  uuid REFERENCES ledger_account (id),
  credit_account_id uuid REFERENCES ledger_account (id),
  hold_order_id     uuid REFERENCES bank_order (id),  -- the hold or debit that this releases, collects or refunds
  group_no          text,
  state             text NOT NULL DEFAULT 'created',
  tries             int NOT NULL DEFAULT 0,
  sent_at           timestamptz,                 -- start of the first try
  given_up_at       timestamptz,                 -- end of the last try: the settle window counts from here
  asked_at          timestamptz,
  asks              int NOT NULL DEFAULT 0,
  limit_at          timestamptz,                 -- past it, an undecided order is an item for a person
  bank_serial       text,
  bank_date         date,
  bank_time         timestamptz,
  code              text,
  data              jsonb,
  returned_serial   text,
  returned_date     date,
  decided_by        text CHECK (decided_by IN ('answer', 'query', 'notice', 'statement', 'operator')),
  created_on        date NOT NULL,               -- business date
  created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT bank_order_state_check CHECK (state IN ('created', 'sent', 'accepted', 'unknown', 'done', 'refused', 'closed', 'returned')),
  CONSTRAINT bank_order_number CHECK ((parent_id IS NULL) = (request_no IS NOT NULL) AND (parent_id IS NOT NULL) = (item_no IS NOT NULL)),
  CONSTRAINT bank_order_done_has_serial CHECK (state NOT IN ('done', 'returned') OR (bank_serial IS NOT NULL AND bank_date IS NOT NULL)
    OR kind IN ('BATCH', 'LISTING_REGISTER', 'LISTING_UPDATE', 'FINANCING_APPLY', 'CREDIT_MOVE'))
);
CREATE INDEX bank_order_group ON bank_order (send_group);
CREATE INDEX bank_order_parent ON bank_order (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX bank_order_open ON bank_order (state, limit_at) WHERE state IN ('created', 'sent', 'accepted', 'unknown');
CREATE INDEX bank_order_listing ON bank_order (listing_id, kind);
CREATE INDEX bank_order_subject ON bank_order (subject_id, kind);
CREATE INDEX bank_order_hold ON bank_order (hold_order_id) WHERE hold_order_id IS NOT NULL;
CREATE UNIQUE INDEX bank_order_serial ON bank_order (bank_serial) WHERE bank_serial IS NOT NULL AND kind NOT IN ('BATCH');
-- At most one open incoming order per loan: a charge, an advance, an early repayment.
CREATE UNIQUE INDEX bank_order_one_incoming ON bank_order (loan_id)
  WHERE loan_id IS NOT NULL AND kind IN ('REPAY', 'ADVANCE') AND state IN ('created', 'sent', 'accepted', 'unknown');

-- Request and answer as they went over the wire, without the signature's secret.
CREATE TABLE bank_call (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no    text NOT NULL,
  service       text NOT NULL,
  outcome       text NOT NULL,
  why           text,
  answer        text,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz NOT NULL
);
CREATE INDEX bank_call_request ON bank_call (request_no);

CREATE TABLE bank_notice (
  notice_no   text PRIMARY KEY,
  kind        text NOT NULL,
  body        jsonb NOT NULL,
  digest      text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  handled_at  timestamptz
);

-- What the bank said it can do when the adapter last started; the platform's own accounts at the bank among it.
CREATE TABLE bank_capabilities (
  id         smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  answer     jsonb NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

REVOKE UPDATE, DELETE, TRUNCATE ON bank_call FROM {{app}};

-- assert: SELECT count(*) = 4 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('bank_order', 'bank_call', 'bank_notice', 'bank_capabilities')
