-- From collected money to the borrower: one settlement per listing.

CREATE TABLE settlement (
  id               uuid PRIMARY KEY,
  listing_id       uuid NOT NULL UNIQUE REFERENCES listing (id),
  state            text NOT NULL DEFAULT 'collecting',
  accepted_fen     bigint NOT NULL CHECK (accepted_fen > 0),
  collected_fen    bigint NOT NULL DEFAULT 0 CHECK (collected_fen >= 0 AND collected_fen <= accepted_fen),
  premium_fen      bigint NOT NULL DEFAULT 0 CHECK (premium_fen >= 0),
  fee_fen          bigint NOT NULL DEFAULT 0 CHECK (fee_fen >= 0),
  premium_paid_fen bigint NOT NULL DEFAULT 0 CHECK (premium_paid_fen >= 0),
  fee_paid_fen     bigint NOT NULL DEFAULT 0 CHECK (fee_paid_fen >= 0),
  disbursed_fen    bigint NOT NULL DEFAULT 0 CHECK (disbursed_fen >= 0),
  payee_account_no text NOT NULL,
  retry_until      date,
  value_date       date,
  returned_on      date,
  end_on           date,                          -- a returned disbursement not paid again by then ends the loan
  unwound_reason   text,
  started_on       date NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT settlement_state_check CHECK (state IN ('collecting', 'deciding', 'paying_premium', 'paying_fee', 'disbursing', 'settled', 'returned', 'unwinding', 'unwound'))
);
CREATE INDEX settlement_state ON settlement (state);

-- assert: SELECT count(*) = 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'settlement'
