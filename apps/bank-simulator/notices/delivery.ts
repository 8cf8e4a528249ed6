import { Agent, request } from 'node:http';
import { NOTICE_PATH, signedHeaders } from '#bank/wire';
import type { SimulatorOptions } from '../configuration';
import type { Session } from '../database/connection';

/** A notice on its way: sent again and again until the platform says that it has it. */
export interface WaitingNotice {
  readonly noticeNo: string;
  readonly body: string;
  /** How often it is sent in all, also when the first was received; 1 but for the fault. */
  readonly copies: number;
  readonly notBeforeMs: number;
  readonly notBeforeDate: string | null;
}

export interface Delivery {
  add(notice: WaitingNotice): void;
  /** Looks again: the address changed, or a day began. */
  wake(): void;
  /** Notices that the platform has not received. */
  waiting(): number;
  /** Waits for the notices that may go now, until each was received or tried in vain. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

interface Trying extends WaitingNotice {
  sent: number;
  tries: number;
  nextMs: number;
  busy: boolean;
}

const AT_ONCE = 8;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 60_000;
const GIVEN_UP_AFTER_MS = 24 * 60 * 60 * 1000;
const ANSWER_TIMEOUT_MS = 5000;

/** What is asked anew for every try. */
export interface Surroundings {
  address(): string | undefined;
  /** The sandbox's calendar date. */
  today(): string;
}

/** Delivers notices in parallel and in no order; goes on with those that an earlier process did not get rid of. */
export async function openDelivery(session: Session, options: SimulatorOptions, surroundings: Surroundings): Promise<Delivery> {
  const delivery = new ParallelDelivery(session, options, surroundings);
  for (const notice of await unreceived(session)) delivery.add(notice);
  return delivery;
}

class ParallelDelivery implements Delivery {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  private readonly queue = new Map<string, Trying>();
  private readonly received: string[] = [];
  private readonly open = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly session: Session,
    private readonly options: SimulatorOptions,
    private readonly surroundings: Surroundings,
  ) {}

  add(notice: WaitingNotice): void {
    this.queue.set(notice.noticeNo, { ...notice, sent: 0, tries: 0, nextMs: notice.notBeforeMs, busy: false });
    this.wake();
  }

  waiting(): number {
    return this.queue.size;
  }

  async settled(): Promise<void> {
    this.wake();
    while (this.open.size > 0) await Promise.all(this.open);
  }

  /** Starts what may go now, and comes back for the soonest of the others. */
  wake(): void {
    clearTimeout(this.timer);
    if (this.stopped || this.surroundings.address() === undefined) return;
    const now = Date.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const notice of this.queue.values()) {
      if (this.open.size >= AT_ONCE) return;
      if (notice.busy || (notice.notBeforeDate !== null && notice.notBeforeDate > this.surroundings.today())) continue;
      if (notice.nextMs > now) soonest = Math.min(soonest, notice.nextMs);
      else this.start(notice);
    }
    if (Number.isFinite(soonest)) this.timer = setTimeout(() => this.wake(), soonest - now).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.agent.destroy();
    await Promise.all(this.open);
    await this.flush();
  }

  private start(notice: Trying): void {
    notice.busy = true;
    const run: Promise<void> = this.attempt(notice).finally(() => {
      notice.busy = false;
      this.open.delete(run);
      this.wake();
    });
    this.open.add(run);
  }

  private async attempt(notice: Trying): Promise<void> {
    const ok = await send(this.agent, this.options, this.surroundings.address()!, notice);
    if (ok) notice.sent += 1;
    else notice.tries += 1;
    if (notice.sent >= notice.copies) {
      this.queue.delete(notice.noticeNo);
      this.received.push(notice.noticeNo);
      return this.flush();
    }
    const pause = ok ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(notice.tries - 1, 12));
    notice.nextMs = Date.now() + pause * (0.8 + 0.4 * Math.random());
  }

  /** A notice that was received and is not marked so is sent once more after a restart, which the platform must bear anyway. */
  private async flush(): Promise<void> {
    const noticeNos = this.received.splice(0);
    if (noticeNos.length === 0) return;
    const mark = this.session.rows('update notice set received_at = now() where notice_no = any($1)', [noticeNos]);
    await mark.catch(() => void this.received.push(...noticeNos));
  }
}

async function unreceived(session: Session): Promise<WaitingNotice[]> {
  const rows = await session.rows<{ notice_no: string; body: string; copies: number; ms: bigint; not_before_date: string | null }>(
    `select notice_no, body, copies, (extract(epoch from coalesce(not_before, to_timestamp(0))) * 1000)::bigint as ms, not_before_date
     from notice where received_at is null and made_at > now() - make_interval(secs => $1) order by notice_no`,
    [GIVEN_UP_AFTER_MS / 1000],
  );
  return rows.map((row) => ({
    noticeNo: row.notice_no,
    body: row.body,
    copies: row.copies,
    notBeforeMs: Number(row.ms),
    notBeforeDate: row.not_before_date,
  }));
}

/** One try. True only for `200 {"received": true}`. */
function send(agent: Agent, options: SimulatorOptions, address: string, notice: WaitingNotice): Promise<boolean> {
  const url = new URL(address);
  const headers = signedHeaders({
    direction: 'request',
    method: 'POST',
    path: url.pathname === '/' ? NOTICE_PATH : url.pathname,
    platformNo: options.platformNo,
    requestNo: notice.noticeNo,
    timestamp: new Date().toISOString(),
    keySerial: 'bank-1',
    body: notice.body,
    privateKeyPem: options.privateKeyPem,
  });
  return new Promise((resolve) => {
    const length = Buffer.byteLength(notice.body);
    const outgoing = request(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path: url.pathname === '/' ? NOTICE_PATH : url.pathname,
        method: 'POST',
        timeout: ANSWER_TIMEOUT_MS,
        headers: { ...headers, 'content-type': 'application/json', 'content-length': length },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text = (text + chunk).slice(0, 1000)));
        answer.on('end', () => resolve(answer.statusCode === 200 && isReceived(text)));
        answer.on('error', () => resolve(false));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(false));
    outgoing.end(notice.body);
  });
}

function isReceived(text: string): boolean {
  try {
    return (JSON.parse(text) as { received?: unknown }).received === true;
  } catch {
    return false;
  }
}
