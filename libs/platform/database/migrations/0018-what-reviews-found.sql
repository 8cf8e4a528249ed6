-- What a hostile reading found: refused movements of credit lines, lines beside the bank's, exposures that count money which came back.

-- Movements of credit lines that did not happen, and movements by their customer and by the file that shows them.
CREATE INDEX bank_order_line_refused ON bank_order (id) WHERE kind = 'CREDIT_MOVE' AND state IN ('refused', 'closed');
CREATE INDEX credit_movement_customer ON credit_movement (customer_id);
CREATE INDEX statement_credit_move ON statement_credit (move_no);
CREATE INDEX reconciliation_break_order ON reconciliation_break (bank_order_id) WHERE bank_order_id IS NOT NULL;

-- The account with which the bank has registered the borrower of a listing: the one that is paid and charged, until the bank has taken over another.
ALTER TABLE listing ADD COLUMN borrower_account_no text;
UPDATE listing l SET borrower_account_no = o.instruction->>'borrowerAccountNo' FROM bank_order o WHERE o.subject_id = l.id AND o.kind = 'LISTING_REGISTER' AND o.state = 'done';

-- What an investor has in a listing is what he bids for or was accepted with; what came back is not in it.
UPDATE listing_exposure e SET amount_fen = o.amount_fen FROM (
  SELECT x.listing_id, x.customer_id, coalesce(sum(coalesce(i.accepted_fen, i.amount_fen)), 0) AS amount_fen FROM listing_exposure x
  LEFT JOIN investment_order i ON i.listing_id = x.listing_id AND i.customer_id = x.customer_id AND i.state NOT IN ('refused', 'cancelled', 'left_out', 'dropped')
  GROUP BY x.listing_id, x.customer_id) AS o
WHERE e.listing_id = o.listing_id AND e.customer_id = o.customer_id AND e.amount_fen <> o.amount_fen;

-- The bank's own business may push a financing without rate and method: they are set with the terms.
ALTER TABLE listing ADD COLUMN is_price_open boolean NOT NULL DEFAULT false;

-- assert: SELECT count(*) = 2 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'listing' AND column_name IN ('borrower_account_no', 'is_price_open')
-- assert: SELECT count(*) = 4 FROM pg_indexes WHERE schemaname = current_schema() AND indexname IN ('bank_order_line_refused', 'credit_movement_customer', 'statement_credit_move', 'reconciliation_break_order')
