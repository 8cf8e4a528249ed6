-- Orders that wait for their turn at the bank, in the order of their admission: one run of the freezing stage takes as many of a listing as make up a set.

CREATE INDEX investment_order_waiting ON investment_order (listing_id, id) WHERE state = 'admitted';

-- assert: SELECT count(*) = 1 FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'investment_order_waiting'
