-- Loans, the borrower's instalments, the investors' claims and shares, payouts, recoveries.

CREATE TABLE loan (
  id              uuid PRIMARY KEY,
  listing_id      uuid NOT NULL UNIQUE REFERENCES listing (id),
  borrower_id     uuid NOT NULL REFERENCES customer (id),
  paying_account_id uuid NOT NULL REFERENCES ledger_account (id),
  repayment_account_id uuid NOT NULL REFERENCES ledger_account (id),
  principal_fen   bigint NOT NULL CHECK (principal_fen > 0),
  value_date      date NOT NULL,
  started_on      date,                                                    -- business date on which the last share was written; before it nothing is charged
  restored_fen    bigint NOT NULL DEFAULT 0 CHECK (restored_fen >= 0),     -- of the credit line
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT loan_restores_what_was_lent CHECK (restored_fen <= principal_fen)
);
CREATE INDEX loan_borrower ON loan (borrower_id);

CREATE TABLE instalment (
  id              uuid PRIMARY KEY,
  loan_id         uuid NOT NULL REFERENCES loan (id),
  listing_id      uuid NOT NULL REFERENCES listing (id),
  no              int NOT NULL CHECK (no > 0),
  state           text NOT NULL DEFAULT 'scheduled',
  nominal_date    date NOT NULL,
  due_date        date NOT NULL,
  provisional     boolean NOT NULL,                                        -- a year that decides the due date or the last day of grace is not published yet
  principal_fen   bigint NOT NULL CHECK (principal_fen >= 0),
  interest_fen    bigint NOT NULL CHECK (interest_fen >= 0),
  penalty_fen     bigint NOT NULL DEFAULT 0 CHECK (penalty_fen >= 0),
  paid_fen        bigint NOT NULL DEFAULT 0 CHECK (paid_fen >= 0),          -- by the borrower, into R
  advanced_fen    bigint NOT NULL DEFAULT 0 CHECK (advanced_fen >= 0),      -- by the institution or the bank, into R
  distributed_fen bigint NOT NULL DEFAULT 0 CHECK (distributed_fen >= 0),   -- made into payouts
  grace_until     date NOT NULL,
  charged_on      date,                                                    -- business date of the last charge
  advance_tried_on date,                                                   -- business date of the last advance that was asked for
  overdue_since   date,                                                    -- grace ended and nobody had paid the whole
  paid_on         date,                                                    -- the whole had come in
  changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT instalment_state_check CHECK (state IN ('scheduled', 'charging', 'in_grace', 'advancing', 'overdue', 'distributing', 'paid', 'paid_by_advance', 'recovered')),
  CONSTRAINT instalment_two_payers CHECK (paid_fen + advanced_fen <= principal_fen + interest_fen + penalty_fen),
  CONSTRAINT instalment_distributed CHECK (distributed_fen <= paid_fen + advanced_fen),
  CONSTRAINT instalment_whole_when_distributing CHECK (state NOT IN ('distributing', 'paid', 'paid_by_advance', 'recovered')
    OR paid_fen + advanced_fen = principal_fen + interest_fen + penalty_fen),
  UNIQUE (loan_id, no)
);
CREATE INDEX instalment_due ON instalment (due_date) WHERE state IN ('scheduled', 'in_grace', 'overdue');
CREATE INDEX instalment_open ON instalment (state) WHERE state NOT IN ('scheduled', 'paid', 'paid_by_advance', 'recovered');
CREATE INDEX instalment_provisional ON instalment (nominal_date) WHERE provisional;

CREATE TABLE claim (
  id            uuid PRIMARY KEY,
  loan_id       uuid NOT NULL REFERENCES loan (id),
  order_id      uuid NOT NULL UNIQUE REFERENCES investment_order (id),
  order_no      bigint NOT NULL UNIQUE,
  customer_id   uuid NOT NULL REFERENCES customer (id),
  account_id    uuid NOT NULL REFERENCES ledger_account (id),
  principal_fen bigint NOT NULL CHECK (principal_fen > 0),
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX claim_loan ON claim (loan_id, order_no);
CREATE INDEX claim_customer ON claim (customer_id);

-- One claim's part of one instalment. What is distributed to it never exceeds what is due to it.
CREATE TABLE share (
  id              uuid PRIMARY KEY DEFAULT uuidv7(),
  instalment_id   uuid NOT NULL REFERENCES instalment (id),
  claim_id        uuid NOT NULL REFERENCES claim (id),
  principal_fen   bigint NOT NULL CHECK (principal_fen >= 0),
  interest_fen    bigint NOT NULL CHECK (interest_fen >= 0),
  penalty_fen     bigint NOT NULL DEFAULT 0 CHECK (penalty_fen >= 0),
  distributed_fen bigint NOT NULL DEFAULT 0 CHECK (distributed_fen >= 0),
  CONSTRAINT share_never_more_than_due CHECK (distributed_fen <= principal_fen + interest_fen + penalty_fen),
  UNIQUE (instalment_id, claim_id)
);
CREATE INDEX share_claim ON share (claim_id);

-- Money on its way from R to one person: an investor's part of what came in for his share, or (without a share) what the borrower paid beyond all his dues.
CREATE TABLE payout (
  id            uuid PRIMARY KEY,
  state         text NOT NULL DEFAULT 'due',
  loan_id       uuid NOT NULL REFERENCES loan (id),
  listing_id    uuid NOT NULL REFERENCES listing (id),
  customer_id   uuid NOT NULL REFERENCES customer (id),
  share_id      uuid REFERENCES share (id),
  instalment_id uuid REFERENCES instalment (id),
  claim_id      uuid REFERENCES claim (id),
  incoming_id   uuid NOT NULL REFERENCES bank_order (id),           -- the charge or advance that brought the money
  account_id    uuid NOT NULL REFERENCES ledger_account (id),       -- the customer's e-account when it was last sent
  amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
  bank_order_id uuid REFERENCES bank_order (id),                    -- the last one: PAYOUT item, PARK, UNPARK
  attempts      int NOT NULL DEFAULT 0,                             -- refused ones
  first_refused_on date,
  last_code     text,
  due_on        date NOT NULL,
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT payout_state_check CHECK (state IN ('due', 'sent', 'paid', 'parking', 'parked', 'unparking')),
  CONSTRAINT payout_of_a_share_or_excess CHECK ((share_id IS NULL) = (instalment_id IS NULL) AND (share_id IS NULL) = (claim_id IS NULL)),
  UNIQUE (share_id, incoming_id)
);
CREATE UNIQUE INDEX payout_one_excess ON payout (incoming_id) WHERE share_id IS NULL;
CREATE INDEX payout_waiting ON payout (instalment_id) WHERE state IN ('due', 'sent', 'parking');
CREATE INDEX payout_waiting_loan ON payout (loan_id) WHERE state IN ('due', 'sent', 'parking');
CREATE INDEX payout_due ON payout (listing_id) WHERE state = 'due';
CREATE INDEX payout_parked ON payout (customer_id) WHERE state = 'parked';
CREATE INDEX payout_claim ON payout (claim_id);

-- What the borrower owes to whoever advanced.
CREATE TABLE recovery (
  id             uuid PRIMARY KEY,
  state          text NOT NULL DEFAULT 'open',
  loan_id        uuid NOT NULL REFERENCES loan (id),
  listing_id     uuid NOT NULL REFERENCES listing (id),
  instalment_id  uuid NOT NULL REFERENCES instalment (id),
  advance_id     uuid NOT NULL UNIQUE REFERENCES bank_order (id),
  payer_account_id uuid NOT NULL REFERENCES ledger_account (id),
  amount_fen     bigint NOT NULL CHECK (amount_fen > 0),
  principal_fen  bigint NOT NULL CHECK (principal_fen >= 0 AND principal_fen <= amount_fen),
  received_fen   bigint NOT NULL DEFAULT 0 CHECK (received_fen >= 0),        -- from the borrower, into R
  passed_on_fen  bigint NOT NULL DEFAULT 0 CHECK (passed_on_fen >= 0),       -- from R to whoever advanced
  next_try_on    date NOT NULL,
  tries          int NOT NULL DEFAULT 0,
  opened_on      date NOT NULL,
  changed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT recovery_state_check CHECK (state IN ('open', 'collecting_by_hand', 'passing_on', 'recovered')),
  CONSTRAINT recovery_never_more CHECK (received_fen <= amount_fen AND passed_on_fen <= received_fen)
);
CREATE INDEX recovery_loan ON recovery (loan_id);
CREATE INDEX recovery_instalment ON recovery (instalment_id);
CREATE INDEX recovery_next ON recovery (next_try_on) WHERE state = 'open';
CREATE INDEX recovery_passing ON recovery (id) WHERE passed_on_fen < received_fen;

-- How one incoming amount was applied. The borrower's: oldest open recovery first, then dues, oldest first; the rest is excess. An advance: to its instalment.
CREATE TABLE incoming_part (
  id            uuid PRIMARY KEY,
  bank_order_id uuid NOT NULL REFERENCES bank_order (id),
  target        text NOT NULL CHECK (target IN ('recovery', 'instalment', 'excess')),
  target_id     uuid,
  amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
  principal_fen bigint NOT NULL CHECK (principal_fen >= 0),         -- of it; interest is covered before principal
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT incoming_part_principal CHECK (principal_fen <= amount_fen),
  CONSTRAINT incoming_part_target CHECK ((target = 'excess') = (target_id IS NULL)),
  UNIQUE NULLS NOT DISTINCT (bank_order_id, target, target_id)
);
CREATE INDEX incoming_part_by_target ON incoming_part (target_id);

REVOKE UPDATE, DELETE, TRUNCATE ON incoming_part FROM {{app}};

-- assert: SELECT count(*) = 7 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('loan', 'instalment', 'claim', 'share', 'payout', 'recovery', 'incoming_part')
