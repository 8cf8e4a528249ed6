// The process that is the crowd: told by its parent where the door is, it orders as fast as it is answered until it hears that all is sold. Then it knocks now and
// then: what the bank refuses and what customers take back is sold again. Some of its customers take an order back as soon as it is frozen.
import { Connection } from '../connection';
import type { Answer } from '../connection';
import type { Investor } from '../people';
import { latencyOf } from '../rates';
import { isReplayed, Wishes } from '../wishes';
import type { Wish } from '../wishes';
import { Regrets } from './regrets';
import type { News, Outcome, Rush, Word } from './news';

/** Of a crowd like any other: some press the button twice, some ask for what nobody gets; half of them agree to be accepted in part. */
const CROWD = { repeated: 0.01, refused: 0.01, consenting: 0.5 };
/** One order in so many is taken back. */
const REGRETTED_ONE_IN = 100;
/** How long somebody who was told that all is sold waits before he knocks again: with all connections together a few dozen knocks a second. */
const PAUSE_MS = 1_500;
/** Somebody who wanted more than there is asks for what there is. */
const REMAINING = /"remainingFen":(\d+)/;
const CODE = /"code":"([A-Z_]+)"/;
const ORDER_ID = /"id":"(ord_\w+)"/;

class Crowd {
  private readonly wishes: Wishes;
  private readonly regrets: Regrets;
  private readonly answers: Record<string, number> = {};
  private readonly acknowledged: string[] = [];
  private readonly times = { rush: [] as number[], knocking: [] as number[] };
  private acknowledgedFen = 0;
  private soldOut: Outcome['soldOut'];
  private wrong: string | undefined;
  private isOver = false;
  private atHome: Promise<unknown> = Promise.resolve();

  constructor(
    investors: readonly Investor[],
    private readonly rush: Rush,
  ) {
    this.wishes = new Wishes(investors, rush.listing, 'door of a small listing', CROWD);
    this.regrets = new Regrets(rush.port, (what) => (this.wrong ??= what));
  }

  begin(): void {
    const members = Array.from({ length: this.rush.connections }, () => this.member());
    this.atHome = Promise.all([...members, this.regrets.begin()]);
  }

  news(): News {
    return { admitted: this.acknowledged.length, cancelled: this.regrets.cancelled, wrong: this.wrong };
  }

  async end(): Promise<Outcome> {
    this.isOver = true;
    this.regrets.end();
    await this.atHome;
    const { answers, acknowledged, acknowledgedFen, soldOut } = this;
    const latency = {
      rush: latencyOf(this.times.rush),
      knocking: latencyOf(this.times.knocking),
      cancelling: latencyOf(this.regrets.timesMs),
    };
    return { ...this.news(), answers: { ...answers, ...this.regrets.answers }, acknowledged, acknowledgedFen, soldOut, latency };
  }

  /** One connection: the next wish when the last one is answered. */
  private async member(): Promise<void> {
    try {
      const connection = await Connection.open(this.rush.port);
      let wanted: number | undefined;
      while (!this.isOver && this.wrong === undefined) {
        const wish = wanted === undefined ? this.wishes.next() : this.wishes.exactly(wanted);
        const answer = await this.ask(connection, wish);
        wanted = answer.status === 409 ? remainingOf(answer) : undefined;
        if (this.soldOut !== undefined && answer.status === 409 && wanted === undefined) await this.pause();
      }
      connection.close();
    } catch (error) {
      this.wrong ??= error instanceof Error ? error.message : String(error);
    }
  }

  private async ask(connection: Connection, wish: Wish): Promise<Answer> {
    const begun = performance.now();
    const answer = await connection.ask(wish.text);
    (this.soldOut === undefined ? this.times.rush : this.times.knocking).push(performance.now() - begun);
    this.count(wish, answer);
    return answer;
  }

  private count(wish: Wish, answer: Answer): void {
    const code = CODE.exec(answer.body)?.[1];
    const name = `${answer.status} ${answer.status !== 201 ? code : isReplayed(answer) ? 'again' : 'admitted'}`;
    this.answers[name] = (this.answers[name] ?? 0) + 1;
    if (!this.wishes.fits(wish, answer)) {
      this.wrong ??= `an order of ${wish.amountFen} fen was answered ${answer.status} ${answer.body}`;
    } else if (answer.status !== 201) {
      if (code === 'LISTING_SOLD_OUT') this.soldOut ??= { atMs: Date.now(), orders: this.acknowledged.length };
    } else if (!isReplayed(answer)) {
      this.take(wish, answer);
    }
  }

  private take(wish: Wish, answer: Answer): void {
    const id = ORDER_ID.exec(answer.body)![1]!;
    this.acknowledgedFen += wish.amountFen;
    this.wishes.remember(wish, answer);
    if (this.acknowledged.push(id) % REGRETTED_ONE_IN === 0) this.regrets.add({ investor: wish.investor, id });
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (0.5 + Math.random())));
  }
}

function remainingOf(answer: Answer): number | undefined {
  const found = REMAINING.exec(answer.body);
  return found === null ? undefined : Number(found[1]);
}

let investors: readonly Investor[] = [];
let crowd: Crowd | undefined;

process.on('message', (word: Word) => {
  if ('investors' in word) investors = word.investors;
  else if ('begin' in word) {
    crowd = new Crowd(investors, word.begin);
    crowd.begin();
  } else if (word.tell === 'news') process.send?.(crowd?.news());
  else void crowd?.end().then((outcome) => process.send?.(outcome));
});
process.once('disconnect', () => process.exit(0));
process.send?.({ ready: true });
