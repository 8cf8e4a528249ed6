-- Orders and bank orders change several times within seconds: with room left in their pages, a change that touches no index stays in its page.

ALTER TABLE bank_order SET (fillfactor = 75);
ALTER TABLE investment_order SET (fillfactor = 75);
ALTER TABLE listing_quota SET (fillfactor = 20);
ALTER TABLE listing_exposure SET (fillfactor = 85);

-- assert: SELECT count(*) = 4 FROM pg_class WHERE relname IN ('bank_order', 'investment_order', 'listing_quota', 'listing_exposure') AND array_to_string(reloptions, ',') LIKE 'fillfactor%'
