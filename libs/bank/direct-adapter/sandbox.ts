import { z } from 'zod';
import { Bug, Outage } from '#kernel/faults';
import type { BusinessDate } from '#kernel/time';
import { refuseInsideTransaction } from '#platform/database';
import { dateText } from './reading';

/** The simulated bank's clock. */
export interface SandboxClock {
  /** The day of the calendar there. */
  readonly date: BusinessDate;
  /** The statement day that is open: after the day cut 日切 already the next one. */
  readonly bankDate: BusinessDate;
  readonly beforeCut: boolean;
}

/** Controls of the bank simulator. There is nothing like it in production. */
export interface BankSandbox {
  clock(): Promise<SandboxClock>;
  /** Lets days pass there: what travels is decided, the cut runs, statement files are written. Answers when the last of them has. */
  advance(days: number): Promise<SandboxClock>;
  /** Runs today's cut without a new day. */
  cut(): Promise<SandboxClock>;
  /** Waits until what the bank had to tell by now was heard, or could not be delivered. */
  delivered(): Promise<SandboxClock>;
}

/** A day of the simulator can bring the end of a few thousand transfers with it. */
const TIMEOUT_MS_PER_DAY = 60_000;

const clockShape = z
  .object({ calendarDate: dateText, bankDate: dateText, beforeCut: z.boolean() })
  .transform(({ calendarDate, bankDate, beforeCut }): SandboxClock => ({ date: calendarDate, bankDate, beforeCut }));

/** The controls of the simulator at `url`. Every call may end in an `Outage`; a call inside a transaction is a `Bug`. */
export function createBankSandbox({ url }: { url: string }): BankSandbox {
  const ask = async (method: 'GET' | 'POST', path: string, body?: object, days = 1): Promise<SandboxClock> => {
    refuseInsideTransaction("a call to the bank's sandbox");
    const response = await fetch(new URL(path, url), {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS_PER_DAY * days),
    }).catch((error: unknown) => {
      throw new Outage(`the bank's sandbox does not answer ${path}`, { cause: error });
    });
    const answer = clockShape.safeParse(await response.json().catch(() => undefined));
    if (!response.ok || !answer.success) throw new Outage(`the bank's sandbox answered ${path} with HTTP ${response.status}`);
    return answer.data;
  };
  return {
    clock: () => ask('GET', '/sandbox/clock'),
    advance: (days) => {
      if (!Number.isSafeInteger(days) || days < 1) throw new Bug(`the sandbox's clock cannot move by ${days} days`);
      return ask('POST', '/sandbox/clock/advance', { days }, days);
    },
    cut: () => ask('POST', '/sandbox/clock/cut', {}),
    delivered: () => ask('POST', '/sandbox/notices/delivery', {}),
  };
}
