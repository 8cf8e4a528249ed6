import type pg from 'pg';
import { CREDIT_TABLES, SERVICE_TABLES, STATEMENT_TABLES } from './schema-of-services';

/** Brings the simulator's own tables up to date. Forward only; two simulators that start at once wait for each other. */
export async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(8_230_023)');
    await client.query('create table if not exists migration (name text primary key, run_at timestamptz not null default now())');
    const done = await client.query<{ name: string }>('select name from migration');
    const names = new Set(done.rows.map((row) => row.name));
    for (const { name, sql } of MIGRATIONS) {
      if (names.has(name)) continue;
      await client.query(sql);
      await client.query('insert into migration (name) values ($1)', [name]);
    }
    await client.query('commit');
  } catch (reason) {
    await client.query('rollback');
    throw reason;
  } finally {
    client.release();
  }
}

const BOOKS = `
  -- One row: the sandbox clock. bank_date is the statement day that is open; after the cut it is the day after calendar_date.
  create table clock (
    one boolean primary key default true check (one),
    calendar_date date not null,
    time_of_day text not null,
    since timestamptz not null,
    bank_date date not null
  );
  create sequence number_block;

  create table customer (
    customer_no text primary key,
    name text not null,
    kind text not null check (kind in ('personal', 'enterprise', 'institution')),
    password_sha256 text not null
  );
  create table account (
    account_no text primary key,
    kind text not null check (kind in ('E', 'I', 'D', 'R', 'F', 'M', 'B', 'S', 'W')),
    customer_no text references customer,
    name text not null,
    status text not null check (status in ('ACTIVE', 'FROZEN', 'CLOSED')),
    judicial_all boolean not null default false,
    judicial_fen bigint not null default 0 check (judicial_fen >= 0),
    bound_card text not null default '',
    opened_no bigint generated always as identity
  );
  create index account_of_customer on account (customer_no);

  -- D and R are kept per listing, every other account under ''. W is everything outside the books and carries the other side.
  create table position (
    account_no text not null references account,
    listing_no text not null,
    kind text not null,
    total_fen bigint not null,
    held_fen bigint not null default 0,
    opening_fen bigint not null default 0,
    moved_on date not null,
    primary key (account_no, listing_no),
    check (held_fen >= 0),
    check (kind = 'W' or total_fen >= held_fen)
  );

  -- One row is one movement: debit one account, credit another, the same amount. Holds, releases and refused transactions stand here
  -- as well (moves is false): the row is what the statement says.
  create table line (
    serial bigint primary key,
    bank_date date not null,
    bank_time text not null,
    request_no text not null,
    item_no text not null,
    kind text not null,
    ref_no text not null,
    from_account text not null,
    from_listing text not null,
    to_account text not null,
    to_listing text not null,
    other_party text not null,
    amount_fen bigint not null check (amount_fen > 0),
    moves boolean not null,
    status text not null check (status in ('SUCCEEDED', 'FAILED')),
    code text not null,
    listing_no text not null,
    check (not moves or status = 'SUCCEEDED'),
    check (not moves or from_account <> to_account)
  );
  create index line_by_day on line (bank_date, serial);
  create index line_by_payer on line (from_account, serial);
  create index line_by_payee on line (to_account, serial);
  create unique index line_once on line (request_no, item_no, kind) where request_no <> '' and kind not in ('RETURN', 'REVERSAL');

  create function keep_lines() returns trigger language plpgsql as
    $$ begin raise exception 'what was booked is never changed'; end $$;
  create trigger line_is_append_only before update or delete or truncate on line execute function keep_lines();
`;

/** Customers and accounts that are there already keep their numbers: theirs go on above them. */
const PEOPLE = `
  create sequence people_block;
  select setval('people_block', (select last_value from number_block));
`;

const MIGRATIONS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: '001-books', sql: BOOKS },
  { name: '002-services', sql: SERVICE_TABLES },
  { name: '003-credit', sql: CREDIT_TABLES },
  { name: '004-statements', sql: STATEMENT_TABLES },
  { name: '005-people', sql: PEOPLE },
];
