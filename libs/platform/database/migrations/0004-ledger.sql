-- The ledger: double entry by construction, two-phase, only ever inserted. It says what the bank has said.

-- kind: E e-account, D disbursement, R repayment (both per listing), S suspense per customer, I institution, F fee, M marketing, B the bank's advance account, W outside.
CREATE TABLE ledger_account (
  id                uuid PRIMARY KEY,
  kind              char(1) NOT NULL CHECK (kind IN ('E', 'D', 'R', 'S', 'I', 'F', 'M', 'B', 'W')),
  account_no        text NOT NULL,
  listing_no        text NOT NULL DEFAULT '',
  guarded           boolean NOT NULL,
  posted_fen        bigint NOT NULL DEFAULT 0,            -- credits minus debits
  pending_fen       bigint NOT NULL DEFAULT 0,            -- pending debits that are neither posted nor voided: mirrors the bank's `held`
  reserved_fen      bigint NOT NULL DEFAULT 0,            -- bank orders that are open and would pay out of here
  version           bigint NOT NULL DEFAULT 0,            -- legs written so far
  recorded_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (account_no, listing_no),
  CONSTRAINT ledger_account_guard CHECK (NOT guarded OR posted_fen - pending_fen - reserved_fen >= 0),
  CONSTRAINT ledger_account_signs CHECK (pending_fen >= 0 AND reserved_fen >= 0),
  CONSTRAINT ledger_account_guarded_kinds CHECK (guarded = (kind IN ('D', 'R', 'S'))),
  CONSTRAINT ledger_account_per_listing CHECK ((kind IN ('D', 'R')) = (listing_no <> ''))
);

CREATE TABLE ledger_entry (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reference         text NOT NULL UNIQUE,                 -- business reference: the same one is the same entry, once
  kind              text NOT NULL,
  phase             text NOT NULL CHECK (phase IN ('single', 'pending', 'post', 'void')),
  pending_id        bigint REFERENCES ledger_entry (id),
  debit_account_id  uuid NOT NULL REFERENCES ledger_account (id),
  credit_account_id uuid NOT NULL REFERENCES ledger_account (id),
  amount_fen        bigint NOT NULL CHECK (amount_fen > 0),
  bank_order_id     uuid,
  bank_serial       text NOT NULL,
  bank_date         date NOT NULL,
  book_date         date NOT NULL,
  happened_at       timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  debit_version     bigint NOT NULL,
  credit_version    bigint,                               -- a pending or voided amount does not touch the credited account
  CONSTRAINT ledger_entry_two_accounts CHECK (debit_account_id <> credit_account_id),
  CONSTRAINT ledger_entry_parts CHECK ((phase IN ('post', 'void')) = (pending_id IS NOT NULL)),
  CONSTRAINT ledger_entry_credit_leg CHECK ((phase IN ('single', 'post')) = (credit_version IS NOT NULL)),
  UNIQUE (debit_account_id, debit_version),
  UNIQUE (credit_account_id, credit_version)
);
CREATE INDEX ledger_entry_bank_date ON ledger_entry (bank_date);
CREATE INDEX ledger_entry_bank_order ON ledger_entry (bank_order_id);
CREATE INDEX ledger_entry_pending ON ledger_entry (pending_id) WHERE pending_id IS NOT NULL;

CREATE TABLE ledger_pending (
  entry_id   bigint PRIMARY KEY REFERENCES ledger_entry (id),
  amount_fen bigint NOT NULL CHECK (amount_fen > 0),
  posted_fen bigint NOT NULL DEFAULT 0 CHECK (posted_fen >= 0),
  voided_fen bigint NOT NULL DEFAULT 0 CHECK (voided_fen >= 0),
  CONSTRAINT ledger_pending_never_more CHECK (posted_fen + voided_fen <= amount_fen)
);

CREATE TABLE ledger_reservation (
  bank_order_id uuid PRIMARY KEY,
  account_id    uuid NOT NULL REFERENCES ledger_account (id),
  amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
  ended_at      timestamptz,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM {{app}};

-- assert: SELECT count(*) = 4 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('ledger_account', 'ledger_entry', 'ledger_pending', 'ledger_reservation')
