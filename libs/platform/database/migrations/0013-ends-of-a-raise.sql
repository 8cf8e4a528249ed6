-- The ends of a raise: a receipt of every allocation that can be replayed from the log, returns that wait, refunds in suspense.

-- Which transaction wrote a move. Together with the snapshot that an allocation kept, the log says exactly what that allocation saw: a freeze that was
-- being written at the same moment is not in it, whatever its number or its time.
ALTER TABLE move ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();

-- One receipt per run: also of one that left a gap which is sold again, or that failed the listing. Input and result are lines, one order each, in the order of the
-- queue: the very bytes of which the digest is made.
ALTER TABLE allocation
  ALTER COLUMN input TYPE text USING input::text,
  ALTER COLUMN result TYPE text USING result::text,
  ADD COLUMN outcome text NOT NULL DEFAULT 'allocated' CHECK (outcome IN ('allocated', 'sold_again', 'failed')),
  ADD COLUMN gap_fen bigint NOT NULL DEFAULT 0 CHECK (gap_fen >= 0),
  ADD COLUMN can_part boolean NOT NULL DEFAULT true,      -- whether the bank could give a part back
  ADD COLUMN orders int NOT NULL DEFAULT 0,
  ADD COLUMN cause text NOT NULL DEFAULT '',              -- as in the moves of the same run
  ADD COLUMN seen pg_snapshot;                            -- what the run saw; receipts of before this migration have none
UPDATE allocation SET gap_fen = amount_fen - accepted_fen;
ALTER TABLE allocation
  ALTER COLUMN outcome DROP DEFAULT, ALTER COLUMN gap_fen DROP DEFAULT, ALTER COLUMN can_part DROP DEFAULT,
  ALTER COLUMN orders DROP DEFAULT, ALTER COLUMN cause DROP DEFAULT,
  ADD CONSTRAINT allocation_adds_up CHECK (accepted_fen + gap_fen = amount_fen),
  ADD CONSTRAINT allocation_one_end CHECK (outcome <> 'sold_again' OR gap_fen > 0),
  ADD CONSTRAINT allocation_can_be_replayed CHECK (seen IS NOT NULL) NOT VALID;
CREATE UNIQUE INDEX allocation_stands_once ON allocation (listing_id) WHERE outcome <> 'sold_again';

-- A refused return waits for the next day or for a person; a refund that is refused for days goes to the customer's suspense account.
ALTER TABLE investment_return DROP CONSTRAINT investment_return_state_check;
ALTER TABLE investment_return
  ADD COLUMN try_on date,                                 -- not sent before this business date; NULL: at once
  ADD COLUMN first_refused_on date,
  ADD CONSTRAINT investment_return_state_check CHECK (state IN ('due', 'sent', 'done', 'parking', 'parked', 'unparking')),
  ADD CONSTRAINT investment_return_only_refunds_park CHECK (source = 'disbursement' OR state NOT IN ('parking', 'parked', 'unparking'));
ALTER TABLE bank_order DROP CONSTRAINT bank_order_purpose_check;
ALTER TABLE bank_order ADD CONSTRAINT bank_order_purpose_check CHECK (purpose IN ('main', 'gap', 'ending', 'hand_on', 'refund'));
CREATE INDEX investment_return_open ON investment_return (id) WHERE state <> 'done';

-- assert: SELECT count(*) = 2 FROM information_schema.columns WHERE table_name = 'investment_return' AND column_name IN ('try_on', 'first_refused_on')
-- assert: SELECT count(*) = 0 FROM allocation WHERE accepted_fen + gap_fen <> amount_fen
