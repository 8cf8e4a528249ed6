-- Who is who: customers (by the bank's single sign-on), operators, institutions, mandates, sessions.

CREATE TABLE customer (
  id               uuid PRIMARY KEY,
  customer_no      text NOT NULL UNIQUE,        -- the bank's number, `sub` of the ID token
  kind             text NOT NULL DEFAULT 'personal' CHECK (kind IN ('personal', 'enterprise')),
  name_sealed      text,                        -- AES-256-GCM, key id in front; never in clear
  name_masked      text,
  e_account_no     text UNIQUE,
  e_account_status text NOT NULL DEFAULT 'NONE' CHECK (e_account_status IN ('NONE', 'OPENING', 'ACTIVE', 'FROZEN', 'CLOSED')),
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE mandate (
  id          uuid PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customer (id),
  account_no  text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('REPAY', 'ADVANCE', 'RETURN', 'INVEST')),
  mandate_no  text NOT NULL UNIQUE,
  status      text NOT NULL,
  max_amount_fen bigint NOT NULL CHECK (max_amount_fen > 0),
  valid_until date NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE customer_session (
  token_digest text PRIMARY KEY,                -- SHA-256 of the cookie; the cookie itself is nowhere
  customer_id  uuid NOT NULL REFERENCES customer (id),
  auth_time    timestamptz NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz NOT NULL,
  ended_at     timestamptz
);

CREATE TABLE login_attempt (
  state         text PRIMARY KEY,
  nonce         text NOT NULL,
  code_verifier text NOT NULL,
  browser_digest text NOT NULL,                 -- binds the callback to the browser that started
  expires_at    timestamptz NOT NULL,
  used_at       timestamptz
);

CREATE TABLE operator (
  id            uuid PRIMARY KEY,
  login         text NOT NULL UNIQUE,
  password_hash text NOT NULL,                  -- scrypt, parameters in front
  roles         text[] NOT NULL,
  disabled      boolean NOT NULL DEFAULT false,
  failed_count  int NOT NULL DEFAULT 0,
  locked_until  timestamptz,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT operator_roles_check CHECK (roles <@ ARRAY['reviewer_1', 'reviewer_2', 'operator', 'checker', 'auditor', 'administrator'])
);

CREATE TABLE operator_session (
  token_digest text PRIMARY KEY,
  operator_id  uuid NOT NULL REFERENCES operator (id),
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz NOT NULL,
  ended_at     timestamptz
);

CREATE TABLE institution (
  id          uuid PRIMARY KEY,
  name        text NOT NULL UNIQUE,
  kind        text NOT NULL CHECK (kind IN ('insurer', 'guarantor')),
  account_no  text NOT NULL UNIQUE,
  advance_mandate_no text,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- assert: SELECT count(*) = 7 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('customer', 'mandate', 'customer_session', 'login_attempt', 'operator', 'operator_session', 'institution')
