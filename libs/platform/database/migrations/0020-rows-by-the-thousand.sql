-- What rows by the thousand cost the database: every item of a bank batch, every payout and every line of a statement is one, and each of its versions stands in every index of its table.

-- A payout names its instalment, its claim, its loan and its listing beside its share, so that questions need no joins. They are copies of what the share says: that they
-- are true is recomputed by I10, where a foreign key would only say that such rows exist, at the price of four proofs a row.
ALTER TABLE payout DROP CONSTRAINT payout_loan_id_fkey;
ALTER TABLE payout DROP CONSTRAINT payout_listing_id_fkey;
ALTER TABLE payout DROP CONSTRAINT payout_instalment_id_fkey;
ALTER TABLE payout DROP CONSTRAINT payout_claim_id_fkey;

-- Items have no request number; a group is asked for by its orders that stand alone; nobody looks for a payout's item by its listing or by the payout.
ALTER TABLE bank_order DROP CONSTRAINT bank_order_request_no_key;
CREATE UNIQUE INDEX bank_order_request_no ON bank_order (request_no) WHERE request_no IS NOT NULL;
DROP INDEX bank_order_group;
CREATE INDEX bank_order_group ON bank_order (send_group) WHERE parent_id IS NULL;
DROP INDEX bank_order_listing;
CREATE INDEX bank_order_listing ON bank_order (listing_id, kind) WHERE kind <> 'PAYOUT';
DROP INDEX bank_order_subject;
CREATE INDEX bank_order_subject ON bank_order (subject_id, kind) WHERE kind <> 'PAYOUT';

-- The lines of a file are written by the transaction that writes the file, and are only ever looked for by their file.
ALTER TABLE statement_line DROP CONSTRAINT statement_line_file_id_fkey;
ALTER TABLE statement_balance DROP CONSTRAINT statement_balance_file_id_fkey;
ALTER TABLE statement_credit DROP CONSTRAINT statement_credit_file_id_fkey;

-- assert: SELECT count(*) = 0 FROM pg_constraint WHERE conrelid IN ('statement_line'::regclass, 'statement_balance'::regclass, 'statement_credit'::regclass) AND contype = 'f'
-- assert: SELECT count(*) = 5 FROM pg_constraint WHERE conrelid = 'payout'::regclass AND contype = 'f'
-- assert: SELECT count(*) = 4 FROM pg_indexes WHERE schemaname = current_schema() AND indexname IN ('bank_order_request_no', 'bank_order_group', 'bank_order_listing', 'bank_order_subject') AND indexdef LIKE '% WHERE %'
