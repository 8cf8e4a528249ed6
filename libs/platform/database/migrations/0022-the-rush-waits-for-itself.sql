-- Orders that are to be frozen wait in a lane of their own (decision 0027).
ALTER TABLE job DROP CONSTRAINT job_lane_check;
ALTER TABLE job ADD CONSTRAINT job_lane_check CHECK (lane IN ('bank', 'freezing', 'books', 'day', 'notices', 'reports'));

-- assert: SELECT count(*) = 1 FROM pg_constraint WHERE conname = 'job_lane_check' AND pg_get_constraintdef(oid) LIKE '%freezing%'
