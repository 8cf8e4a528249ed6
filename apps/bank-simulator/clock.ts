import { addDays, businessDate, instant, instantOn, instantToDate, weekdayOf, type BusinessDate, type Instant } from '#kernel/time';
import type { Tx } from './database/cashier';
import type { Session } from './database/connection';

/** A moment of the bank: its clock, and the statement day in which a matter of that moment stands. */
export interface BankMoment {
  readonly time: Instant;
  readonly date: BusinessDate;
}

/** Bank time of the day cut 日切. */
export const DAY_CUT = '23:00';
const OPENING_TIME = '09:00:00.000';

/**
 * The sandbox clock. A day begins at 09:00 and runs with real time, but stands still a millisecond before the cut (and, after the cut,
 * before midnight): only the sandbox's advance lets a day pass. `date` of a moment is the open statement day: the calendar date before
 * the cut, the next day after it.
 */
export interface BankClock {
  now(): BankMoment;
  calendarDate(): BusinessDate;
  openDay(): BusinessDate;
  /** The calendar date so many days from now. */
  dayAfter(days: number): BusinessDate;
  /** Whether the open day's cut is still to come on the calendar date. */
  beforeCut(): boolean;
  /** HVPS 大额支付 works on weekdays from 08:30 to 17:15. */
  hvpsIsOpen(): boolean;
  /** Closes the open statement day; the clock shows 23:00. */
  cut(tx: Tx): Promise<void>;
  /** The next calendar day begins at 09:00; a day whose cut did not run yet is closed by it as well. */
  nextDay(tx: Tx): Promise<void>;
  /** Sets the time of day (`HH:mm`) without a cut; before the cut only times before it, after the cut only times after it. */
  setTime(tx: Tx, time: string): Promise<boolean>;
}

interface Face {
  readonly calendarDate: BusinessDate;
  readonly timeOfDay: string;
  readonly sinceMs: number;
  readonly bankDate: BusinessDate;
}

/** Reads the clock's row, or starts it on the given day. */
export async function windUpClock(tx: Tx, startDate: BusinessDate): Promise<BankClock> {
  let face = (await readFace(tx)) ?? { calendarDate: startDate, timeOfDay: OPENING_TIME, sinceMs: Date.now(), bankDate: startDate };
  await write(tx, face);

  const shown = (): Instant => {
    const limit = instantToDate(instantOn(face.calendarDate, cutIsAhead(face) ? '22:59:59.999' : '23:59:59.999'));
    const running = instantToDate(instantOn(face.calendarDate, face.timeOfDay)).getTime() + Math.max(0, Date.now() - face.sinceMs);
    return instant(new Date(Math.min(running, limit.getTime())));
  };
  const turn = async (session: Tx, next: Face): Promise<void> => {
    await write(session, next);
    session.afterCommit(() => (face = next));
  };

  return {
    now: () => ({ time: shown(), date: face.bankDate }),
    calendarDate: () => face.calendarDate,
    openDay: () => face.bankDate,
    dayAfter: (days) => addDays(face.calendarDate, days),
    beforeCut: () => cutIsAhead(face),
    hvpsIsOpen: () => {
      const time = shown().slice(11, 16);
      const weekday = weekdayOf(face.calendarDate);
      return weekday !== 0 && weekday !== 6 && time >= '08:30' && time < '17:15';
    },
    cut: (session) =>
      turn(session, { ...face, timeOfDay: `${DAY_CUT}:00.000`, sinceMs: Date.now(), bankDate: addDays(face.calendarDate, 1) }),
    nextDay: (session) => {
      const calendarDate = addDays(face.calendarDate, 1);
      return turn(session, { calendarDate, timeOfDay: OPENING_TIME, sinceMs: Date.now(), bankDate: calendarDate });
    },
    setTime: async (session, time) => {
      if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time) || cutIsAhead(face) !== time < DAY_CUT) return false;
      await turn(session, { ...face, timeOfDay: `${time}:00.000`, sinceMs: Date.now() });
      return true;
    },
  };
}

function cutIsAhead(face: Face): boolean {
  return face.bankDate === face.calendarDate;
}

async function readFace(session: Session): Promise<Face | undefined> {
  const [row] = await session.rows<{ calendar_date: string; time_of_day: string; since: bigint; bank_date: string }>(
    'select calendar_date, time_of_day, (extract(epoch from since) * 1000)::bigint as since, bank_date from clock',
  );
  if (row === undefined) return undefined;
  return {
    calendarDate: businessDate(row.calendar_date),
    timeOfDay: row.time_of_day,
    sinceMs: Number(row.since),
    bankDate: businessDate(row.bank_date),
  };
}

async function write(session: Session, face: Face): Promise<void> {
  await session.rows(
    `insert into clock (calendar_date, time_of_day, since, bank_date) values ($1, $2, to_timestamp($3::bigint / 1000.0), $4)
     on conflict (one) do update set calendar_date = excluded.calendar_date, time_of_day = excluded.time_of_day,
       since = excluded.since, bank_date = excluded.bank_date`,
    [face.calendarDate, face.timeOfDay, face.sinceMs, face.bankDate],
  );
}
