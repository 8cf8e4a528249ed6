import type { Bank } from './bank';
import type { Tx } from './database/cashier';
import { turns } from './turns';

/** What the bank may have to do later. */
export const AGENDA_KINDS = ['ACT_DEFERRED', 'DECIDE_TRANSFER', 'DECIDE_FINANCING', 'GIVE_BACK', 'RUN_BATCH', 'WRITE_STATEMENT'] as const;
export type AgendaKind = (typeof AGENDA_KINDS)[number];

export interface Appointment {
  readonly kind: AgendaKind;
  readonly subject: object;
  /** After so much real time, or when the clock is advanced, whichever comes first. Exactly one of the two. */
  readonly inMs?: number;
  /** When this sandbox date begins. */
  readonly onDate?: string;
}

export type Performer = (tx: Tx, bank: Bank, subject: never) => Promise<void>;

export interface Agenda {
  /** Kept in the transaction of what caused it. */
  note(tx: Tx, appointment: Appointment): Promise<void>;
  /** Does what is due by real time; with `early` also what would be due later today, because the day ends. */
  perform(early?: boolean): Promise<void>;
  /** Does what is due on or before a date that began. @returns how much that was */
  performFor(date: string): Promise<number>;
  stop(): Promise<void>;
}

interface Due {
  readonly id: bigint;
}

/** Appointments that share a transaction. */
const TOGETHER = 8;

const SOONEST = `
  select id, ceil(extract(epoch from due_at - now()) * 1000)::bigint as ms from agenda where due_at is not null order by due_at, id limit 200`;

/** The bank's agenda: rows, so that a restart forgets nothing, and a timer for the soonest. */
export function openAgenda(
  bank: Pick<Bank, 'reading' | 'cashier'> & { whole(): Bank },
  performers: Readonly<Record<AgendaKind, Performer>>,
): Agenda {
  return new RowAgenda(bank, performers);
}

class RowAgenda implements Agenda {
  private timer: NodeJS.Timeout | undefined;
  private soonest = Number.POSITIVE_INFINITY;
  /** One performance at a time: two would fetch the same appointments and stand in each other's way. */
  private readonly performances = turns();
  private isQueued = false;
  private stopped = false;

  constructor(
    private readonly bank: Pick<Bank, 'reading' | 'cashier'> & { whole(): Bank },
    private readonly performers: Readonly<Record<AgendaKind, Performer>>,
  ) {}

  async note(tx: Tx, { kind, subject, inMs, onDate }: Appointment): Promise<void> {
    await tx.rows(
      `insert into agenda (kind, subject, due_date, due_at)
       values ($1, $2, $3, case when $4::integer is null then null else now() + make_interval(secs => $4::integer / 1000.0) end)`,
      [kind, JSON.stringify(subject), onDate ?? null, onDate === undefined ? Math.round(inMs ?? 0) : null],
    );
    if (onDate === undefined) tx.afterCommit(() => this.wakeIn(inMs ?? 0));
  }

  perform(early = false): Promise<void> {
    return this.performances.take(() => this.performDue(early));
  }

  performFor(date: string): Promise<number> {
    return this.performances.take(async () => {
      const due = await this.bank.reading.rows<Due>('select id from agenda where due_date <= $1 order by id', [date]);
      await this.keepAll(due);
      return due.length;
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.performances.take(async () => undefined);
  }

  private async performDue(early: boolean): Promise<void> {
    // An appointment may make the next (a batch runs in chunks), hence until nothing is due.
    for (;;) {
      const soon = await this.bank.reading.rows<Due & { ms: bigint }>(SOONEST);
      const due = soon.filter(({ ms }) => early || ms <= 0n);
      if (due.length > 0) await this.keepAll(due);
      else if (soon.length > 0) return this.wakeIn(Number(soon[0]!.ms));
      else return;
    }
  }

  private wakeIn(ms: number): void {
    const at = Date.now() + ms;
    if (this.stopped || at >= this.soonest) return;
    clearTimeout(this.timer);
    this.soonest = at;
    this.timer = setTimeout(() => this.wakeNow(), ms).unref();
  }

  private wakeNow(): void {
    this.soonest = Number.POSITIVE_INFINITY;
    if (this.isQueued) return;
    this.isQueued = true;
    const performance = this.performances.take(() => {
      this.isQueued = false;
      return this.performDue(false);
    });
    performance.catch((reason: unknown) => {
      process.stderr.write(`bank simulator: an appointment failed and is tried again: ${String(reason)}\n`);
      this.wakeIn(1000);
    });
  }

  /** A few at a time, so that a request does not have to wait behind hundreds of batches. */
  private async keepAll(due: readonly Due[]): Promise<void> {
    for (let at = 0; at < due.length; at += TOGETHER) {
      const few = due.slice(at, at + TOGETHER);
      await Promise.all(few.map(({ id }) => this.bank.cashier.serve((tx) => this.keep(tx, id))));
    }
  }

  private async keep(tx: Tx, id: bigint): Promise<void> {
    const [row] = await tx.rows<{ kind: AgendaKind; subject: never }>('delete from agenda where id = $1 returning kind, subject', [id]);
    if (row !== undefined) await this.performers[row.kind](tx, this.bank.whole(), row.subject);
  }
}
