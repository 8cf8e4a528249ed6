-- The listing with all its terms, its reviews, the borrower's credit line, the guarantee.

CREATE TABLE listing (
  id                  uuid PRIMARY KEY,
  no                  bigint GENERATED ALWAYS AS IDENTITY UNIQUE,   -- for people and ties
  listing_no          text NOT NULL UNIQUE,                         -- at the bank
  state               text NOT NULL DEFAULT 'drafted',
  source              text NOT NULL CHECK (source IN ('online', 'bank_offline', 'third_party')),
  kind                text NOT NULL CHECK (kind IN ('consumer', 'credit', 'business', 'vehicle', 'property')),
  borrower_id         uuid NOT NULL REFERENCES customer (id),
  purpose             text NOT NULL,
  amount_fen          bigint NOT NULL CHECK (amount_fen > 0),        -- wanted; after dropped collections: what is lent
  applied_fen         bigint NOT NULL CHECK (applied_fen >= amount_fen),
  annual_rate_ppm     bigint NOT NULL CHECK (annual_rate_ppm BETWEEN 0 AND 1000000),
  term_months         int CHECK (term_months BETWEEN 1 AND 360),
  term_days           int CHECK (term_days BETWEEN 1 AND 10950),
  method              text NOT NULL CHECK (method IN ('equal_instalments', 'equal_principal', 'interest_first', 'bullet')),
  day_count           text NOT NULL DEFAULT '30/360' CHECK (day_count IN ('30/360', 'ACT/365', 'ACT/360')),
  working_days        text NOT NULL DEFAULT 'following' CHECK (working_days IN ('none', 'following', 'modified_following')),
  opens_at            timestamptz,                                   -- business time
  deadline            date,                                          -- last business date of the raise
  minimum_order_fen   bigint NOT NULL DEFAULT 10000 CHECK (minimum_order_fen > 0),
  step_fen            bigint NOT NULL DEFAULT 1 CHECK (step_fen > 0),
  investor_cap_fen    bigint CHECK (investor_cap_fen > 0),
  minimum_raise_ppm   bigint NOT NULL DEFAULT 1000000 CHECK (minimum_raise_ppm BETWEEN 1 AND 1000000),
  minimum_after_drops_ppm bigint NOT NULL DEFAULT 800000 CHECK (minimum_after_drops_ppm BETWEEN 1 AND 1000000),
  overbooking_ppm     bigint NOT NULL DEFAULT 0 CHECK (overbooking_ppm BETWEEN 0 AND 1000000),
  hold_mode           text NOT NULL DEFAULT 'freeze' CHECK (hold_mode IN ('freeze', 'debit')),
  drop_policy         text NOT NULL DEFAULT 'drop' CHECK (drop_policy IN ('drop', 'fail', 'retry_then_drop', 'retry_then_fail', 'ask')),
  guarantee_mode      text NOT NULL DEFAULT 'channel' CHECK (guarantee_mode IN ('insured', 'channel')),
  institution_id      uuid REFERENCES institution (id),
  premium_ppm         bigint NOT NULL DEFAULT 0 CHECK (premium_ppm BETWEEN 0 AND 500000),
  premium_return      text NOT NULL DEFAULT 'by_days' CHECK (premium_return IN ('by_days', 'none')),
  service_fee_ppm     bigint NOT NULL DEFAULT 0 CHECK (service_fee_ppm BETWEEN 0 AND 500000),
  fee_return          text NOT NULL DEFAULT 'by_days' CHECK (fee_return IN ('by_days', 'none')),
  grace_days          int NOT NULL DEFAULT 3 CHECK (grace_days BETWEEN 0 AND 60),
  penalty_ppm_per_day bigint NOT NULL DEFAULT 0 CHECK (penalty_ppm_per_day BETWEEN 0 AND 100000),
  early_from_day      int NOT NULL DEFAULT 1 CHECK (early_from_day >= 1),
  cap_ppm             bigint NOT NULL DEFAULT 240000 CHECK (cap_ppm > 0),
  apr_ppm             bigint,                                        -- all-in cost as gated at approval
  worst_apr_ppm       bigint,
  worst_kind          text,
  worst_date          date,
  application_no      text UNIQUE,
  financing_no        text UNIQUE,
  line_freeze_no      text,                                          -- the credit system's freeze of the line
  terms_by            text,
  withdrawn_reason    text,
  raised_at           timestamptz,
  recorded_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT listing_state_check CHECK (state IN ('drafted', 'in_credit', 'declined', 'in_review', 'rejected', 'approved', 'withdrawn', 'scheduled',
    'raising', 'raised', 'settling', 'repaying', 'closed', 'failing', 'failed')),
  CONSTRAINT listing_one_term CHECK ((term_months IS NULL) <> (term_days IS NULL)),
  CONSTRAINT listing_insured_by CHECK (guarantee_mode = 'channel' OR institution_id IS NOT NULL OR state IN ('drafted', 'in_credit', 'in_review', 'declined', 'rejected'))
);
CREATE INDEX listing_state ON listing (state);
CREATE INDEX listing_borrower ON listing (borrower_id);

CREATE TABLE listing_review (
  id          uuid PRIMARY KEY,
  listing_id  uuid NOT NULL REFERENCES listing (id),
  level       int NOT NULL CHECK (level IN (1, 2)),
  decision    text NOT NULL CHECK (decision IN ('approve', 'reject')),
  reviewer    text NOT NULL,
  reason      text NOT NULL,
  terms_digest text NOT NULL,                                        -- what was reviewed is what is executed
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (listing_id, level),
  UNIQUE (listing_id, reviewer)
);

CREATE TABLE credit_line (
  customer_id uuid PRIMARY KEY REFERENCES customer (id),
  limit_fen   bigint NOT NULL CHECK (limit_fen >= 0),
  used_fen    bigint NOT NULL DEFAULT 0 CHECK (used_fen >= 0),
  frozen_fen  bigint NOT NULL DEFAULT 0 CHECK (frozen_fen >= 0),
  changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT credit_line_within CHECK (used_fen + frozen_fen <= limit_fen)
);

-- Every movement of a line with its financing. A movement of ours is written when the bank said yes; FREEZE comes by notice.
CREATE TABLE credit_movement (
  id            uuid PRIMARY KEY,
  customer_id   uuid NOT NULL REFERENCES customer (id),
  listing_id    uuid NOT NULL REFERENCES listing (id),
  financing_no  text NOT NULL,
  move_no       text NOT NULL UNIQUE,
  kind          text NOT NULL CHECK (kind IN ('FREEZE', 'DEDUCT', 'RELEASE', 'RESTORE')),
  amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
  cause         text NOT NULL,
  bank_order_id uuid REFERENCES bank_order (id),
  bank_date     date,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX credit_movement_listing ON credit_movement (listing_id);

-- Who pays when the borrower does not, up to how much, used so far; for `insured` also the policy.
CREATE TABLE guarantee (
  listing_id      uuid PRIMARY KEY REFERENCES listing (id),
  mode            text NOT NULL CHECK (mode IN ('insured', 'channel')),
  institution_id  uuid REFERENCES institution (id),
  payer_account_id uuid NOT NULL REFERENCES ledger_account (id),
  premium_fen     bigint NOT NULL CHECK (premium_fen >= 0),
  policy_no       text UNIQUE,
  cover_fen       bigint NOT NULL CHECK (cover_fen > 0),
  used_fen        bigint NOT NULL DEFAULT 0 CHECK (used_fen >= 0),
  starts_on       date NOT NULL,
  ends_on         date NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT guarantee_cover CHECK (used_fen <= cover_fen)
);

REVOKE UPDATE, DELETE, TRUNCATE ON listing_review, credit_movement FROM {{app}};

-- assert: SELECT count(*) = 5 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('listing', 'listing_review', 'credit_line', 'credit_movement', 'guarantee')
