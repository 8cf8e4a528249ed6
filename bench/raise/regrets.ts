import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '../connection';
import type { Investor } from '../people';
import { getRequest, postRequest } from '../wishes';

/** An order whose owner wants it back. */
export interface Regretted {
  readonly investor: Investor;
  /** Its public id. */
  readonly id: string;
}

/** How many look at once, and how often somebody looks whether his order is frozen by now. */
const AT_ONCE = 4;
const LOOK_AGAIN_MS = 300;
const STATE = /"state":"(\w+)"/;

/**
 * Customers who take an order back. While the bank has not said whether the money is frozen an order cannot be cancelled, so each looks at his order until it is, and
 * then takes it back at once; the bank freezes about in the order of the admissions, so it is the oldest one that is looked at.
 */
export class Regrets {
  cancelled = 0;
  readonly answers: Record<string, number> = {};
  readonly timesMs: number[] = [];
  private readonly waiting: Regretted[] = [];
  private isOver = false;

  constructor(
    private readonly port: number,
    private readonly onWrong: (what: string) => void,
  ) {}

  add(order: Regretted): void {
    this.waiting.push(order);
  }

  async begin(): Promise<void> {
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.keepLooking()));
  }

  end(): void {
    this.isOver = true;
  }

  private async keepLooking(): Promise<void> {
    try {
      const connection = await Connection.open(this.port);
      while (!this.isOver) {
        const order = this.waiting.shift();
        if (order !== undefined && (await this.settled(connection, order))) continue;
        if (order !== undefined) this.waiting.unshift(order);
        await pause(LOOK_AGAIN_MS);
      }
      connection.close();
    } catch (error) {
      this.onWrong(error instanceof Error ? error.message : String(error));
    }
  }

  /** @returns whether nothing more is to be done about this order */
  private async settled(connection: Connection, { investor, id }: Regretted): Promise<boolean> {
    const sight = await connection.ask(getRequest(investor, `/orders/${id}`));
    const state = STATE.exec(sight.body)?.[1];
    if (sight.status !== 200 || state === undefined) throw new Error(`GET /orders/${id} was answered ${sight.status} ${sight.body}`);
    if (state === 'admitted' || state === 'freezing') return false;
    if (state === 'frozen') await this.cancel(connection, investor, id);
    return true;
  }

  private async cancel(connection: Connection, investor: Investor, id: string): Promise<void> {
    const begun = performance.now();
    const { status, body } = await connection.ask(postRequest(investor, `/orders/${id}/cancellation`, `cancel-${id}`, '{}'));
    this.timesMs.push(performance.now() - begun);
    const name = status === 201 ? '201 cancelled' : `${status} too late to cancel`;
    this.answers[name] = (this.answers[name] ?? 0) + 1;
    if (status === 201) this.cancelled += 1;
    // Between the look and the wish the raise may have ended.
    else if (status !== 409) throw new Error(`a cancellation was answered ${status} ${body}`);
  }
}
