import { Refusal } from '#kernel/faults';
import { type BusinessDate, businessDate, isBusinessDate } from './business-date';
import { timeRefusals } from './time.refusals';

/** A moment as ISO 8601 text with milliseconds in Asia/Shanghai: `2026-11-22T09:30:00.000+08:00`; text order is time order. */
export type Instant = string & { readonly __instant: unique symbol };

/** China keeps one zone, and no summer time since 1991. This is the only place of the platform that knows it. */
const OFFSET = '+08:00';
const OFFSET_MS = 8 * 60 * 60 * 1000;
const ISO = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** The moment of a `Date`. */
export function instant(date: Date): Instant {
  return `${shanghai(date).slice(0, 23)}${OFFSET}` as Instant;
}

/**
 * A moment out of text with any offset; finer than milliseconds is cut.
 * @throws Refusal DATE_INVALID for anything but a full ISO 8601 instant with an offset
 */
export function readInstant(text: string): Instant {
  const parts = ISO.exec(text);
  if (parts === null || !isBusinessDate(parts[1])) throw new Refusal(timeRefusals.DATE_INVALID);
  return instant(new Date(text));
}

/** The moment as a `Date`. */
export function instantToDate(moment: Instant): Date {
  return new Date(moment);
}

/** The day on which a moment falls in Asia/Shanghai. */
export function businessDateOf(moment: Instant | Date): BusinessDate {
  const date = typeof moment === 'string' ? instantToDate(moment) : moment;
  return businessDate(shanghai(date).slice(0, 10));
}

/** The moment of a time of day (`HH:mm:ss`, `HH:mm:ss.SSS`) on a business date. */
export function instantOn(date: BusinessDate, timeOfDay: string): Instant {
  return readInstant(`${date}T${timeOfDay}${OFFSET}`);
}

function shanghai(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new Refusal(timeRefusals.DATE_INVALID);
  return new Date(date.getTime() + OFFSET_MS).toISOString();
}
