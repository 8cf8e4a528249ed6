-- Jobs are rows; the queue (BullMQ) is only the bell that makes a worker look at one of them. Nothing that must not be lost lives in the bell.

CREATE TABLE job (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$'),
  subject    text NOT NULL CHECK (subject <> '' AND length(subject) <= 200),
  unique_key text NOT NULL CHECK (unique_key <> '' AND length(unique_key) <= 300),
  lane       text NOT NULL CHECK (lane IN ('bank', 'books', 'day', 'notices', 'reports')),
  payload    jsonb CHECK (payload IS NULL OR jsonb_typeof(payload) = 'object'),
  request_id text,
  due_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  rung_at    timestamptz,                                        -- the last ring or sign of life of the run; null: nobody was called yet
  rings      integer NOT NULL DEFAULT 0 CHECK (rings >= 0),      -- how often the bell was rung; names the ring, only grows
  answered   integer NOT NULL DEFAULT 0,                         -- the ring that the present or last run answered: whoever answered an older one has lost the job
  tries      integer NOT NULL DEFAULT 0 CHECK (tries >= 0),      -- runs that have begun since the job last had a result
  done_at    timestamptz,
  parked_at  timestamptz,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (name, unique_key),
  CONSTRAINT job_answers_a_ring CHECK (answered BETWEEN 0 AND rings),
  CONSTRAINT job_has_one_end CHECK (done_at IS NULL OR parked_at IS NULL),
  CONSTRAINT job_parked_says_why CHECK (parked_at IS NULL OR last_error IS NOT NULL)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- What the relay looks for: due and not rung, in the order of due_at.
CREATE INDEX job_waiting ON job (lane, due_at, id) WHERE rung_at IS NULL AND done_at IS NULL AND parked_at IS NULL;
-- What the sweeper looks for: rung long ago, no result. Also counts what is out, per lane.
CREATE INDEX job_out ON job (lane, rung_at) WHERE rung_at IS NOT NULL AND done_at IS NULL AND parked_at IS NULL;
-- Lane `day` runs one job at a time, in the whole installation and not only in a process: the second ring of another one is refused here.
CREATE UNIQUE INDEX job_day_alone ON job (lane) WHERE lane = 'day' AND rung_at IS NOT NULL AND done_at IS NULL AND parked_at IS NULL;
CREATE INDEX job_parked ON job (parked_at) WHERE parked_at IS NOT NULL;
CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX job_subject ON job (subject, id);

-- A done job keeps its key from being used twice; it may be forgotten after 400 days (a whole year of unique keys), anything else never.
CREATE FUNCTION job_keep_what_is_not_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.done_at IS NULL OR OLD.done_at > clock_timestamp() - interval '400 days' THEN
    RAISE EXCEPTION 'job % is not done or not old enough to be forgotten', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER job_keep_what_is_not_old BEFORE DELETE ON job FOR EACH ROW EXECUTE FUNCTION job_keep_what_is_not_old();
GRANT DELETE ON job TO {{app}};

-- assert: SELECT count(*) = 6 FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'job' AND indexname IN ('job_waiting', 'job_out', 'job_day_alone', 'job_parked', 'job_done', 'job_subject')
-- assert: SELECT count(*) = 1 FROM pg_trigger WHERE tgname = 'job_keep_what_is_not_old'
