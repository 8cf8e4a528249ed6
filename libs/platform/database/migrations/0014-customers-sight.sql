-- What customers look at: the place of a frozen order in its listing's queue.

-- The queue of the allocation: by the bank's freeze time, the bank's count, the order's number. A place is counted over this index alone, which holds nothing but
-- orders that wait for their allocation.
CREATE INDEX investment_order_queue ON investment_order (listing_id, held_at, held_seq, no) INCLUDE (amount_fen) WHERE state = 'frozen';

-- assert: SELECT count(*) = 1 FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'investment_order_queue'
