-- Money that did not reach its end: a disbursement that came back and ends its loan, premium and fee that an unwinding wants back, and what bank orders are for.

-- What a bank order is for, where the bank's one word serves several of our ends; each end has an owner of its own.
ALTER TABLE bank_order ADD COLUMN purpose text NOT NULL DEFAULT 'main';
ALTER TABLE bank_order ADD CONSTRAINT bank_order_purpose_check CHECK (purpose IN ('main', 'gap', 'ending', 'hand_on'));

-- One incoming order of a loan at a time, also of those that end it: the returned disbursement and what comes back of premium and fee.
DROP INDEX bank_order_one_incoming;
CREATE UNIQUE INDEX bank_order_one_incoming ON bank_order (loan_id)
  WHERE loan_id IS NOT NULL AND kind IN ('REPAY', 'ADVANCE', 'MOVE', 'PREMIUM_RETURN', 'FEE_RETURN') AND state IN ('created', 'sent', 'accepted', 'unknown');

-- A returned disbursement that was not paid again in time: the settlement is over, and so is the loan.
ALTER TABLE settlement DROP CONSTRAINT settlement_state_check;
ALTER TABLE settlement ADD CONSTRAINT settlement_state_check
  CHECK (state IN ('collecting', 'deciding', 'paying_premium', 'paying_fee', 'disbursing', 'settled', 'returned', 'ended', 'unwinding', 'unwound'));

-- A loan that ended before its last instalment: what was not due yet is superseded by one instalment of that day.
ALTER TABLE loan ADD COLUMN ended_on date;
ALTER TABLE instalment DROP CONSTRAINT instalment_state_check;
ALTER TABLE instalment ADD CONSTRAINT instalment_state_check
  CHECK (state IN ('scheduled', 'charging', 'in_grace', 'advancing', 'overdue', 'distributing', 'paid', 'paid_by_advance', 'recovered', 'superseded'));
ALTER TABLE instalment ADD CONSTRAINT instalment_superseded_is_untouched CHECK (state <> 'superseded' OR paid_fen + advanced_fen = 0);
DROP INDEX instalment_open;
CREATE INDEX instalment_open ON instalment (state) WHERE state NOT IN ('scheduled', 'paid', 'paid_by_advance', 'recovered', 'superseded');

-- Money that the end of a loan brings into its repayment account without the borrower's hand: the returned disbursement (MOVE), and the unearned part of premium and
-- fee. Each is asked for once a day until the bank has done it.
CREATE TABLE loan_ending (
  loan_id    uuid NOT NULL REFERENCES loan (id),
  kind       text NOT NULL CHECK (kind IN ('MOVE', 'PREMIUM_RETURN', 'FEE_RETURN')),
  amount_fen bigint NOT NULL CHECK (amount_fen > 0),
  asked_on   date,                                 -- business date of the last try
  done_by    uuid REFERENCES bank_order (id),      -- the one that the bank has done
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (loan_id, kind)
);
CREATE INDEX loan_ending_missing ON loan_ending (loan_id) WHERE done_by IS NULL;

-- What an unwinding wants back of what the settlement had paid: from the institution or the operating company, or, from `bridge_on`, from the bank's advance account, which
-- then gets it back from them.
ALTER TABLE settlement ADD COLUMN bridge_on date;
UPDATE settlement SET bridge_on = started_on WHERE state = 'unwinding';
CREATE TABLE reclaim (
  id                uuid PRIMARY KEY,
  state             text NOT NULL DEFAULT 'due',
  settlement_id     uuid NOT NULL REFERENCES settlement (id),
  listing_id        uuid NOT NULL REFERENCES listing (id),
  source            text NOT NULL CHECK (source IN ('premium', 'fee')),
  amount_fen        bigint NOT NULL CHECK (amount_fen > 0),
  debtor_account_id uuid NOT NULL REFERENCES ledger_account (id),   -- I or F: who was paid
  bank_order_id     uuid REFERENCES bank_order (id),                -- the last one
  asked_on          date,                                           -- business date of the last word of the debtor
  bridge_tried_on   date,                                           -- business date on which the bank was last asked to pay in his place
  changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT reclaim_state_check CHECK (state IN ('due', 'asked', 'back', 'bridging', 'bridged', 'recovering', 'recovered')),
  UNIQUE (settlement_id, source)
);
CREATE INDEX reclaim_open ON reclaim (listing_id) WHERE state NOT IN ('back', 'recovered');

-- Ends of listings that the bank refused to hear of: told again each day.
CREATE INDEX bank_order_untold ON bank_order (listing_id) WHERE kind = 'LISTING_UPDATE' AND state = 'refused';

-- Movements of a credit line that wait until the bank has decided whether the financing used its freeze.
CREATE TABLE credit_waiting (
  id          uuid PRIMARY KEY,
  listing_id  uuid NOT NULL REFERENCES listing (id),
  kind        text NOT NULL CHECK (kind IN ('RELEASE', 'RESTORE')),
  amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
  cause       text NOT NULL,
  asked_at    timestamptz,                                          -- when the bank was asked at last; NULL: it waits
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX credit_waiting_listing ON credit_waiting (listing_id) WHERE asked_at IS NULL;

-- Returns of before this migration name their settlement, not what is wanted back: they must be decided first.
-- assert: SELECT count(*) = 0 FROM bank_order WHERE kind IN ('PREMIUM_RETURN', 'FEE_RETURN') AND state IN ('created', 'sent', 'accepted', 'unknown')
-- assert: SELECT count(*) = 1 FROM information_schema.columns WHERE table_name = 'bank_order' AND column_name = 'purpose'
-- assert: SELECT count(*) = 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'loan_ending'
-- assert: SELECT count(*) = 2 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('reclaim', 'credit_waiting')
