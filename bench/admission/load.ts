// The process that makes the load: told by its parent whom to ask, it tells what came back. A process of its own, so that its work is not mistaken for the api's.
import { Connection } from '../connection';
import type { Answer } from '../connection';
import type { Investor } from '../people';
import { latencyOf } from '../rates';
import { isReplayed, Wishes } from '../wishes';
import type { Wish } from '../wishes';
import type { Hit, Shot } from './shot';

let investors: readonly Investor[] = [];

process.on('message', (message: { readonly investors: readonly Investor[] } | Shot) => {
  if ('investors' in message) investors = message.investors;
  else void new Round(message).fire().then((hit) => process.send?.(hit));
});
process.once('disconnect', () => process.exit(0));
process.send?.({ ready: true });

class Round {
  private readonly wishes: Wishes;
  private readonly times: number[] = [];
  private readonly hit = { admitted: 0, admittedFen: 0, replayed: 0, refused: 0 };
  private wrong: string | undefined;
  private endsAt = 0;

  constructor(private readonly shot: Shot) {
    this.wishes = new Wishes(investors, shot.listing, shot.decision);
  }

  async fire(): Promise<Hit> {
    const { ports, connections, seconds } = this.shot;
    const opened = await Promise.all(Array.from({ length: connections }, (_, at) => Connection.open(ports[at % ports.length]!)));
    const cpu = process.cpuUsage();
    const start = performance.now();
    this.endsAt = start + seconds * 1_000;
    await Promise.all(opened.map((connection) => this.keepAsking(connection)));
    const { user, system } = process.cpuUsage(cpu);
    const elapsedMs = performance.now() - start;
    for (const connection of opened) connection.close();
    return {
      ...this.hit,
      perSecond: this.times.length / seconds,
      latency: latencyOf(this.times),
      wrong: this.wrong,
      loadCpu: (user + system) / 1_000 / elapsedMs,
    };
  }

  private async keepAsking(connection: Connection): Promise<void> {
    try {
      for (let now = performance.now(); now < this.endsAt && this.wrong === undefined;) {
        if (this.shot.path === undefined) await this.order(connection);
        else await this.get(connection, this.shot.path);
        const after = performance.now();
        if (after < this.endsAt) this.times.push(after - now);
        now = after;
      }
    } catch (error) {
      this.wrong ??= error instanceof Error ? error.message : String(error);
    }
  }

  private async get(connection: Connection, path: string): Promise<void> {
    const answer = await connection.ask(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    if (answer.status !== 200) this.wrong ??= `GET ${path} was answered ${answer.status} ${answer.body}`;
  }

  private async order(connection: Connection): Promise<void> {
    const wish = this.wishes.next();
    this.count(wish, await connection.ask(wish.text));
  }

  private count(wish: Wish, answer: Answer): void {
    if (!this.wishes.fits(wish, answer)) {
      this.wrong ??= `an order of ${wish.amountFen} fen (to be ${wish.must === 'repeat' ? 'repeated' : `${wish.must}ed`}) was answered ${answer.status} ${answer.body}`;
    } else if (answer.status !== 201) {
      this.hit.refused += 1;
    } else if (isReplayed(answer)) {
      this.hit.replayed += 1;
    } else {
      this.hit.admitted += 1;
      this.hit.admittedFen += wish.amountFen;
      this.wishes.remember(wish, answer);
    }
  }
}
