import { businessDate } from '#kernel/time';
import { Diary } from './diary';

describe('the diary', () => {
  it('gives out what is due in the order of the dates, once, and names the next date', async () => {
    const done: string[] = [];
    const diary = new Diary();
    const note = (what: string) => async (): Promise<void> => void done.push(what);
    diary.on(businessDate('2022-10-03'), note('third'));
    diary.on(businessDate('2022-10-01'), note('first'));
    diary.on(businessDate('2022-10-02'), note('second'));
    diary.on(businessDate('2022-10-02'), note('second, too'));
    for (const act of diary.take(businessDate('2022-10-02'))) await act();
    expect(done).toEqual(['first', 'second', 'second, too']);
    expect(diary.take(businessDate('2022-10-02'))).toEqual([]);
    expect(diary.next()).toBe('2022-10-03');
  });

  it('names no next date when nothing is planned', () => {
    expect(new Diary().next()).toBeUndefined();
  });
});
