-- Business time, the moves of every lifecycle, commands without a row of their own, the audit log.

CREATE TABLE business_clock (
  id            smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  business_date date NOT NULL,
  sandbox       boolean NOT NULL,
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE business_day (
  business_date date PRIMARY KEY,
  id            uuid NOT NULL UNIQUE DEFAULT uuidv7(),
  state         text NOT NULL DEFAULT 'open',
  opened_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  cut_at        timestamptz,
  closed_at     timestamptz,
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT business_day_state_check CHECK (state IN ('open', 'cutting', 'fetching', 'matching', 'proving', 'closed'))
);

-- One row per move of anything that has a lifecycle. `cause` is what made it happen (a job, a request, a bank order, a statement line).
CREATE TABLE move (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  noun          text NOT NULL,
  subject_id    uuid NOT NULL,
  from_state    text NOT NULL,
  to_state      text NOT NULL,
  event         text NOT NULL,
  cause         text NOT NULL,
  who           text NOT NULL,
  business_date date NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX move_subject ON move (noun, subject_id, id);

CREATE TABLE command (
  actor       text NOT NULL,
  key         text NOT NULL,
  route       text NOT NULL,
  body_digest text NOT NULL,
  status      smallint NOT NULL,
  answer      text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (actor, key)
);

CREATE TABLE audit_record (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  who         text NOT NULL,
  act         text NOT NULL,
  subject     text NOT NULL,
  details     jsonb NOT NULL DEFAULT '{}',
  request_id  text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The sealer chains committed records afterwards, in batches: a chain inside the writer's transaction would be one global lock.
CREATE TABLE audit_seal (
  position  bigint PRIMARY KEY CHECK (position > 0),
  record_id bigint NOT NULL UNIQUE REFERENCES audit_record (id),
  previous  text NOT NULL,
  digest    text NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A proposal that another person must approve before it is executed.
CREATE TABLE proposal (
  id           uuid PRIMARY KEY,
  kind         text NOT NULL,
  subject      text NOT NULL,
  payload      jsonb NOT NULL,
  digest       text NOT NULL,
  reason       text NOT NULL,
  maker        text NOT NULL,
  checker      text,
  state        text NOT NULL DEFAULT 'proposed',
  expires_at   timestamptz NOT NULL,
  proposed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT proposal_state_check CHECK (state IN ('proposed', 'executed', 'rejected', 'expired')),
  CONSTRAINT proposal_two_people CHECK (checker IS NULL OR checker <> maker)
);

REVOKE UPDATE, DELETE, TRUNCATE ON move, command, audit_record, audit_seal FROM {{app}};

-- assert: SELECT count(*) = 7 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('business_clock', 'business_day', 'move', 'command', 'audit_record', 'audit_seal', 'proposal')
