-- A number that is not wanted any more is never sent again, whatever the bank answers to the order to close it, and however long that takes.

ALTER TABLE bank_order ADD COLUMN unwanted_at timestamptz;   -- when somebody last asked for its closing; null: it is wanted

-- assert: SELECT count(*) = 1 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'bank_order' AND column_name = 'unwanted_at'
