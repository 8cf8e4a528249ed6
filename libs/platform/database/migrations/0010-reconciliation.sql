-- The bank's statement, day by day, what did not match, what was adjusted, what was proved.

CREATE TABLE reconciliation_day (
  bank_date    date PRIMARY KEY,
  id           uuid NOT NULL UNIQUE,
  state        text NOT NULL DEFAULT 'waiting',
  waiting_for  text,                               -- why the day waits, for people
  entries_at_cut bigint NOT NULL,                  -- last ledger entry when the business day was cut: what is newer came after the day
  lines        bigint NOT NULL DEFAULT 0,
  matched      bigint NOT NULL DEFAULT 0,
  settled      bigint NOT NULL DEFAULT 0,          -- bank orders that the statement decided
  outside      bigint NOT NULL DEFAULT 0,          -- movements that the customer made himself at the bank
  breaks       bigint NOT NULL DEFAULT 0,
  adjusted     bigint NOT NULL DEFAULT 0,
  proved_accounts bigint,
  difference_accounts bigint,
  entries_at_proof bigint,                         -- last ledger entry that the proof saw: a later one of this bank date makes it be proved again
  confirmed_at timestamptz,
  confirmed_as text CHECK (confirmed_as IN ('CLEAN', 'ADJUSTED', 'OPEN')),
  changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT reconciliation_day_state_check CHECK (state IN ('waiting', 'checked', 'clean', 'adjusted', 'open'))
);
CREATE INDEX reconciliation_day_unfinished ON reconciliation_day (bank_date) WHERE state IN ('waiting', 'checked', 'open');
CREATE INDEX business_day_unfinished ON business_day (business_date) WHERE state <> 'closed';

CREATE TABLE statement_file (
  id          uuid PRIMARY KEY,
  bank_date   date NOT NULL,
  type        text NOT NULL CHECK (type IN ('TRANSACTIONS', 'BALANCES', 'CREDIT')),
  version     int NOT NULL CHECK (version > 0),
  name        text NOT NULL,
  bytes       bigint NOT NULL CHECK (bytes >= 0),
  sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  lines       bigint,
  total_fen   bigint,
  visible     boolean NOT NULL DEFAULT false,      -- set by one UPDATE after all gates
  fault       text,                                -- why it was refused, when it was
  fetched_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (name, sha256),
  CONSTRAINT statement_file_faulty_is_never_seen CHECK (NOT (visible AND fault IS NOT NULL)),
  CONSTRAINT statement_file_seen_was_counted CHECK (NOT visible OR (lines IS NOT NULL AND total_fen IS NOT NULL))
);
CREATE UNIQUE INDEX statement_file_one_visible ON statement_file (bank_date, type, version) WHERE visible;

-- A bank serial stands once in a file. The constraints are gates of the loading as well: a line that breaks one refuses its whole file.
CREATE TABLE statement_line (
  file_id      uuid NOT NULL REFERENCES statement_file (id),
  line_no      bigint NOT NULL,
  bank_date    date NOT NULL,
  request_no   text NOT NULL,
  item_no      text NOT NULL,
  kind         text NOT NULL,
  ref_no       text NOT NULL,
  bank_serial  text NOT NULL,
  from_account text NOT NULL,
  to_account   text NOT NULL,
  amount_fen   bigint NOT NULL,
  status       text NOT NULL,
  code         text NOT NULL,
  bank_time    timestamptz NOT NULL,
  listing_no   text NOT NULL,
  PRIMARY KEY (file_id, bank_serial),
  CONSTRAINT statement_line_kind CHECK (kind IN ('HOLD', 'RELEASE', 'DEBIT', 'COLLECT', 'REFUND', 'PREMIUM', 'FEE', 'DISBURSE', 'REPAY', 'ADVANCE', 'PAYOUT',
    'RECOVER', 'PREMIUM_RETURN', 'FEE_RETURN', 'MOVE', 'MARKETING', 'PARK', 'UNPARK', 'RETURN', 'REVERSAL', 'TOP_UP', 'WITHDRAW', 'OWN', 'INTEREST', 'COURT', 'INCOMING')),
  CONSTRAINT statement_line_status CHECK (status IN ('SUCCEEDED', 'FAILED')),
  CONSTRAINT statement_line_amount CHECK (amount_fen > 0),
  CONSTRAINT statement_line_serial CHECK (bank_serial <> ''),
  CONSTRAINT statement_line_item_has_request CHECK (item_no = '' OR request_no <> '')
);
CREATE INDEX statement_line_number ON statement_line (request_no, item_no);

CREATE TABLE statement_balance (
  file_id          uuid NOT NULL REFERENCES statement_file (id),
  line_no          bigint NOT NULL,
  bank_date        date NOT NULL,
  account_no       text NOT NULL,
  listing_no       text NOT NULL,
  kind             text NOT NULL,
  opening_fen      bigint NOT NULL,
  available_fen    bigint NOT NULL,
  held_fen         bigint NOT NULL,
  other_frozen_fen bigint NOT NULL,
  total_fen        bigint NOT NULL,
  PRIMARY KEY (file_id, account_no, listing_no),
  CONSTRAINT statement_balance_kind CHECK (kind IN ('E', 'D', 'R', 'S', 'I', 'F', 'M', 'B')),
  CONSTRAINT statement_balance_account CHECK (account_no <> '' AND (kind IN ('D', 'R')) = (listing_no <> '')),
  CONSTRAINT statement_balance_adds_up CHECK (total_fen = available_fen + held_fen + other_frozen_fen AND held_fen >= 0 AND other_frozen_fen >= 0)
);

CREATE TABLE statement_credit (
  file_id      uuid NOT NULL REFERENCES statement_file (id),
  line_no      bigint NOT NULL,
  bank_date    date NOT NULL,
  request_no   text NOT NULL,
  move_no      text NOT NULL,
  financing_no text NOT NULL,
  customer_no  text NOT NULL,
  kind         text NOT NULL,
  amount_fen   bigint NOT NULL,
  used_fen     bigint NOT NULL,
  frozen_fen   bigint NOT NULL,
  limit_fen    bigint NOT NULL,
  bank_serial  text NOT NULL,
  bank_time    timestamptz NOT NULL,
  PRIMARY KEY (file_id, bank_serial),
  CONSTRAINT statement_credit_kind CHECK (kind IN ('FREEZE', 'DEDUCT', 'RELEASE', 'RESTORE')),
  CONSTRAINT statement_credit_numbers CHECK (move_no <> '' AND customer_no <> '' AND bank_serial <> ''),
  CONSTRAINT statement_credit_amounts CHECK (amount_fen > 0 AND used_fen >= 0 AND frozen_fen >= 0 AND limit_fen >= 0)
);

CREATE TABLE reconciliation_break (
  id            uuid PRIMARY KEY,
  no            bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  state         text NOT NULL DEFAULT 'open',
  bank_date     date NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('only_ours', 'only_banks', 'amount', 'status', 'party', 'duplicate', 'cut_off', 'balance', 'credit')),
  key           text NOT NULL,                     -- what differs: the same difference is the same break
  bank_order_id uuid REFERENCES bank_order (id),
  file_id       uuid REFERENCES statement_file (id),
  line_no       bigint,
  account_id    uuid REFERENCES ledger_account (id),   -- of a balance that differs
  measure       text CHECK (measure IN ('total', 'held')),
  amount_fen    bigint NOT NULL DEFAULT 0,         -- the bank's less ours
  correction    jsonb,                             -- movements that would make our books equal to the bank's word: from, to (ids of accounts), fen
  ours          jsonb,
  banks         jsonb,
  rule          text,                              -- the rule that decided it
  reason        text,
  owner         text,
  opened_on     date NOT NULL,
  closed_on     date,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT reconciliation_break_state_check CHECK (state IN ('open', 'proposed', 'adjusted', 'closed')),
  CONSTRAINT reconciliation_break_decided_says_why CHECK (state NOT IN ('adjusted', 'closed') OR (rule IS NOT NULL AND closed_on IS NOT NULL)),
  CONSTRAINT reconciliation_break_balance_names_account CHECK ((kind = 'balance') = (account_id IS NOT NULL) AND (kind = 'balance') = (measure IS NOT NULL)),
  UNIQUE (bank_date, kind, key)
);
CREATE INDEX reconciliation_break_undecided ON reconciliation_break (bank_date) WHERE state IN ('open', 'proposed');

-- Both ways: what our books say about a bank date is found without reading the rest.
CREATE INDEX bank_order_bank_date ON bank_order (bank_date) WHERE bank_date IS NOT NULL;
CREATE INDEX bank_order_returned_date ON bank_order (returned_date) WHERE returned_date IS NOT NULL;
CREATE INDEX bank_notice_unhandled ON bank_notice (kind, received_at) WHERE handled_at IS NULL;
CREATE INDEX credit_movement_bank_date ON credit_movement (bank_date) WHERE bank_date IS NOT NULL;

REVOKE UPDATE ON statement_line, statement_balance, statement_credit FROM {{app}};

-- assert: SELECT count(*) = 6 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('reconciliation_day', 'statement_file', 'statement_line', 'statement_balance', 'statement_credit', 'reconciliation_break')
-- assert: SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'proof_balance')
