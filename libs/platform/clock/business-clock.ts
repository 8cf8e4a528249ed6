import { Outage } from '#kernel/faults';
import { instant, instantOn, instantToDate } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';

/** Key of the advisory lock on the business day; any number that nobody else uses. */
const DAY_LOCK = 7_265_002;

/** Transactions that hold the day already, with its date: while they hold it, it cannot change. */
const locked = new WeakMap<Tx, BusinessDate>();

interface ClockRow {
  readonly business_date: BusinessDate;
  readonly sandbox: boolean;
  readonly now: Date;
}

/**
 * The business date of a transaction that moves money, held until the transaction ends: the day cannot be cut in between.
 * First in the order of locks. The date is read in the statement after the lock, because a statement sees what was committed
 * when it began: read together with the lock, it could be the date of before the cut that we waited for.
 */
export async function lockDay(tx: Tx): Promise<BusinessDate> {
  const known = locked.get(tx);
  if (known !== undefined) return known;
  await tx.query('SELECT pg_advisory_xact_lock_shared($1)', [DAY_LOCK]);
  const today = await businessDate(tx);
  locked.set(tx, today);
  return today;
}

/** As `lockDay`, but alone: waits for every money transaction of the day and keeps new ones out. For the switch of the date only. */
export async function lockDayForCut(tx: Tx): Promise<BusinessDate> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [DAY_LOCK]);
  return businessDate(tx);
}

/** As `lockDayForCut`, without waiting: undefined when somebody works on the day just now. */
export async function lockDayForCutAtOnce(tx: Tx): Promise<BusinessDate | undefined> {
  const [row] = await tx.query<{ alone: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS alone', [DAY_LOCK]);
  return row?.alone === true ? businessDate(tx) : undefined;
}

/** The business date as it stands; it may change before this transaction ends. For questions, not for money. */
export async function businessDate(tx: Tx): Promise<BusinessDate> {
  return (await readClock(tx)).business_date;
}

/**
 * The moment at which something happens in business time. In the sandbox, whose date a test clock moves, it is the real time
 * of day on the business date; in production it is real time.
 */
export async function businessInstant(tx: Tx): Promise<Date> {
  const clock = await readClock(tx);
  if (!clock.sandbox) return clock.now;
  const timeOfDay = instant(clock.now).slice(11, 23);
  return instantToDate(instantOn(clock.business_date, timeOfDay));
}

/**
 * Opens the first business day, once in the life of a database; afterwards `first` is not looked at.
 * @returns the business date, undefined when there is none yet and `first` is undefined
 * @throws Outage when a sandbox's database is to be used in production, or the other way round
 */
export async function startClock(tx: Tx, first: BusinessDate | undefined, sandbox: boolean): Promise<BusinessDate | undefined> {
  if (first !== undefined) {
    const sql = 'INSERT INTO business_clock (id, business_date, sandbox) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING';
    const opened = await tx.execute(sql, [first, sandbox]);
    if (opened === 1) await tx.execute('INSERT INTO business_day (business_date) VALUES ($1)', [first]);
  }
  const [clock] = await tx.query<ClockRow>(CLOCK);
  if (clock !== undefined && clock.sandbox !== sandbox) {
    const [is, wanted] = clock.sandbox ? ['a sandbox', 'production'] : ['production', 'a sandbox'];
    throw new Outage(`this database belongs to ${is} and cannot become ${wanted}: use another DATABASE_URL, or correct SANDBOX.`);
  }
  return clock?.business_date;
}

const CLOCK = 'SELECT business_date, sandbox, clock_timestamp() AS now FROM business_clock WHERE id = 1';

async function readClock(tx: Tx): Promise<ClockRow> {
  const [clock] = await tx.query<ClockRow>(CLOCK);
  if (clock === undefined)
    throw new Outage('no business day was ever opened in this database: set INITIAL_BUSINESS_DATE and run "rongqiao migrate".');
  return clock;
}
