import { Refusal } from '#kernel/faults';
import { businessDate } from './business-date';
import { businessDateOf, instant, instantOn, instantToDate, readInstant } from './instant';

describe('an instant', () => {
  it('is written in Asia/Shanghai, with milliseconds', () => {
    expect(instant(new Date('2026-11-22T15:59:59.999Z'))).toBe('2026-11-22T23:59:59.999+08:00');
    expect(instantToDate(instant(new Date(1234)))).toEqual(new Date(1234));
  });

  it('is read with any offset', () => {
    expect(readInstant('2026-11-22T00:00:00Z')).toBe('2026-11-22T08:00:00.000+08:00');
    expect(readInstant('2026-11-22T00:00:00.123456-05:30')).toBe('2026-11-22T13:30:00.123+08:00');
  });

  it.each([
    '',
    '2026-11-22',
    '2026-11-22T00:00:00',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T00:00:60Z',
    '2026-11-22 00:00:00Z',
  ])('is not "%s"', (text) => {
    expect(() => readInstant(text)).toThrow(Refusal);
  });

  it('falls on a day of Asia/Shanghai, whatever the zone of the machine', () => {
    expect(businessDateOf(new Date('2026-11-22T15:59:59.999Z'))).toBe('2026-11-22');
    expect(businessDateOf(new Date('2026-11-22T16:00:00.000Z'))).toBe('2026-11-23');
    expect(businessDateOf(readInstant('2026-12-31T23:30:00+08:00'))).toBe('2026-12-31');
  });

  it('stands on a business date', () => {
    expect(instantOn(businessDate('2026-11-22'), '23:00:00')).toBe('2026-11-22T23:00:00.000+08:00');
    expect(() => instantOn(businessDate('2026-11-22'), '25:00:00')).toThrow(Refusal);
  });

  it('is none for an invalid Date', () => {
    expect(() => instant(new Date(Number.NaN))).toThrow(Refusal);
  });
});
