import { compareDates, type BusinessDate } from '#kernel/time';

/** What somebody has planned to do on a date. */
type Act = () => Promise<void>;

/** What is going to happen when; whoever lets days pass stops on every date that stands in it. */
export class Diary {
  private readonly acts = new Map<BusinessDate, Act[]>();

  on(date: BusinessDate, act: Act): void {
    const planned = this.acts.get(date);
    if (planned === undefined) this.acts.set(date, [act]);
    else planned.push(act);
  }

  /** Everything that was planned up to and on a date, in its order; it is taken out. */
  take(today: BusinessDate): Act[] {
    const dates = [...this.acts.keys()].filter((date) => compareDates(date, today) <= 0).sort(compareDates);
    const due = dates.flatMap((date) => this.acts.get(date) ?? []);
    for (const date of dates) this.acts.delete(date);
    return due;
  }

  /** The soonest date on which something is planned. */
  next(): BusinessDate | undefined {
    return [...this.acts.keys()].sort(compareDates)[0];
  }
}
