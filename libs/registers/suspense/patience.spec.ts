import { businessDate, publishedCalendar } from '#kernel/time';
import { mustPark } from './patience';

describe('what the bank refuses to pay to a customer', () => {
  it('is parked after three working days, weekends not counted', () => {
    const firstRefused = businessDate('2024-03-07'); // a Thursday
    const on = (date: string) => mustPark(firstRefused, businessDate(date), publishedCalendar);
    expect([on('2024-03-11'), on('2024-03-12')]).toEqual([false, true]);
  });
});
