/** What stands under request numbers, and what the services keep between requests. */
export const SERVICE_TABLES = `
  create table request (
    request_no text primary key,
    service text,
    body_sha256 text,
    status text not null check (status in ('SUCCEEDED', 'FAILED', 'ACCEPTED', 'PROCESSING', 'CLOSED')),
    code text not null,
    bank_serial_no text,
    bank_time text,
    bank_date date,
    data json,
    returned json,
    silent boolean not null default false
  );

  create table listing (
    listing_no text primary key,
    status text not null check (status in ('COLLECTING', 'REPAYING', 'FINISHED', 'FAILED')),
    amount_fen bigint not null,
    registration json not null,
    virtual_no text unique
  );

  create table hold (
    hold_no text primary key,
    seq bigint not null,
    account_no text not null references account,
    listing_no text not null references listing,
    order_no text not null,
    mode text not null check (mode in ('hold', 'debit')),
    amount_fen bigint not null check (amount_fen > 0),
    used_fen bigint not null default 0,
    released_fen bigint not null default 0,
    refunded_fen bigint not null default 0,
    check (used_fen >= 0 and released_fen >= 0 and used_fen + released_fen <= amount_fen),
    check (refunded_fen >= 0 and refunded_fen <= used_fen)
  );
  create index hold_of_listing on hold (listing_no);

  create table mandate (
    mandate_no text primary key,
    account_no text,
    corporate json,
    kind text not null,
    max_fen bigint not null,
    until date not null,
    status text not null check (status in ('PENDING', 'ACTIVE', 'REVOKED')),
    return_url text not null
  );
  create index mandate_of_account on mandate (account_no, kind);

  create table opening (
    ticket text primary key,
    request_no text not null,
    customer_no text not null references customer,
    card_no text not null,
    return_url text not null,
    account_no text
  );

  create table batch (
    request_no text primary key,
    kind text not null,
    listing_no text not null,
    status text not null check (status in ('ACCEPTED', 'CHECKED', 'RUNNING', 'DONE', 'REJECTED')),
    code text,
    items integer not null
  );
  create table batch_item (
    item_no text primary key,
    request_no text not null references batch,
    place integer not null,
    hold_no text not null,
    from_account text not null,
    to_account text not null,
    amount_fen bigint not null check (amount_fen > 0),
    group_no text not null,
    planned_code text,
    status text not null default 'WAITING' check (status in ('WAITING', 'SUCCEEDED', 'FAILED')),
    code text,
    bank_serial_no text,
    bank_time text,
    bank_date date
  );
  create index batch_item_by_no on batch_item (request_no, item_no);
  create index batch_item_waiting on batch_item (request_no, place) where status = 'WAITING';

  create table pending_transfer (
    request_no text primary key,
    system text not null,
    outcome text not null check (outcome in ('SUCCEEDED', 'FAILED')),
    code text not null,
    body json not null,
    return_after_days integer
  );

  -- What the bank will do later: on a sandbox date, or at a real moment, whichever comes first.
  create table agenda (
    id bigint generated always as identity primary key,
    kind text not null,
    subject json not null,
    due_date date,
    due_at timestamptz
  );

  create table notice (
    notice_no text primary key,
    kind text not null,
    body text not null,
    copies integer not null default 1,
    not_before timestamptz,
    not_before_date date,
    made_at timestamptz not null default now(),
    received_at timestamptz
  );
  create index notice_waiting on notice (notice_no) where received_at is null;

  create table platform_address (
    one boolean primary key default true check (one),
    notice_url text,
    redirect_uris json not null
  );

  create table fault (
    id text primary key,
    plan json not null,
    matches integer not null default 0,
    hits integer not null default 0
  );
`;

export const CREDIT_TABLES = `
  create table credit_line (
    customer_no text primary key references customer,
    limit_fen bigint not null check (limit_fen >= 0),
    used_fen bigint not null default 0 check (used_fen >= 0),
    frozen_fen bigint not null default 0 check (frozen_fen >= 0)
  );
  create table financing (
    financing_no text primary key,
    application_no text unique,
    request_no text,
    customer_no text not null references customer,
    terms json not null
  );
  create table credit_move (
    move_no text primary key,
    serial bigint not null unique,
    bank_date date not null,
    bank_time text not null,
    request_no text not null,
    financing_no text not null,
    customer_no text not null references credit_line,
    ref_move_no text not null,
    kind text not null check (kind in ('FREEZE', 'DEDUCT', 'RELEASE', 'RESTORE')),
    amount_fen bigint not null check (amount_fen > 0),
    used_fen bigint not null,
    frozen_fen bigint not null,
    limit_fen bigint not null
  );
  create index credit_move_by_day on credit_move (bank_date, serial);
  create index credit_move_of_financing on credit_move (financing_no);
`;

export const STATEMENT_TABLES = `
  create table statement (
    name text primary key,
    bank_date date not null,
    type text not null,
    version integer not null,
    bytes bytea not null,
    sha256 text not null,
    signature text not null,
    published boolean not null default true,
    unique (bank_date, type, version)
  );
  -- Not compressed: a file is written once and read once, and its length is asked without reading it.
  alter table statement alter column bytes set storage external;
  create table confirmation (
    request_no text primary key,
    name text not null references statement,
    sha256 text not null,
    result text not null check (result in ('CLEAN', 'ADJUSTED', 'OPEN')),
    made_at timestamptz not null default now()
  );
  create index confirmation_of_file on confirmation (name);
`;
