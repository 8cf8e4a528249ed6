import type { Logger } from '#platform/logging';
import type { QueueBackend } from './backend';
import type { RunEnd } from './figures';
import type { LaneRings, Ring } from './job-rows';
import type { Lane } from './lanes';
import { boundOf, lanes } from './lanes';

export interface RelayTimes {
  /** Looks at least this often, heard or not heard. */
  readonly tickMs: number;
  /** A ring or run without a sign of life for this long counts as lost. */
  readonly leaseMs: number;
}

/** Rows that one pass may ring per lane. */
const BATCH = 200;
/** After the queue took no ring: wait this long before the next attempt, so that an outage costs little. */
const AFTER_FAILURE_MS = 1_000;

/** Lanes whose rings go out together; `day` alone, because a second ring of it breaks its statement on purpose. */
const groups: readonly (readonly Lane[])[] = [lanes.filter((lane) => lane !== 'day'), ['day']];

/**
 * Makes the bell ring for job rows: at once when a transaction that wrote some has committed, when a row becomes due, when a
 * full lane has room again, and on a slow tick. Every worker process has one, and any of them may ring for any lane: rows
 * are taken with SKIP LOCKED. It is also the sweeper: what was rung and shows no sign of life is rung again.
 */
export class Relay {
  private readonly wanted = new Set<Lane>();
  /** Lanes whose bound is reached, and how many of their jobs have ended here since. */
  private readonly full = new Map<Lane, number>();
  private readonly nextDue = new Map<Lane, number>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private nextSweep = 0;
  private restUntil = 0;
  private stopped = false;

  constructor(
    private readonly backend: QueueBackend,
    private readonly log: Logger,
    private readonly times: RelayTimes,
    /** Lanes that this process answers. The others are looked at on the tick only: whoever answers them rings for them at once. */
    private readonly own: readonly Lane[] = lanes,
  ) {}

  /** A transaction that wrote job rows of a lane has committed; without a lane something may have been missed. */
  heard(lane: Lane | undefined): void {
    if (lane === undefined) this.wake();
    else if (this.own.includes(lane)) this.wake([lane]);
  }

  /** Looks at these lanes (none named: all) as soon as the pass that may be running has ended. */
  wake(named: readonly Lane[] = lanes): void {
    for (const lane of named) this.wanted.add(lane);
    if (this.stopped || this.running !== undefined) return;
    clearTimeout(this.timer);
    this.running = this.work().finally(() => {
      this.running = undefined;
      if (this.wanted.size > 0 && performance.now() >= this.restUntil) this.wake([]);
      else this.sleep();
    });
  }

  /** A run of this lane has ended here: what is due again is noticed, and a full lane is filled up when it is worth a look. */
  ended(lane: Lane, end: RunEnd): void {
    if (end !== 'done') this.wake([lane]);
    const ended = this.full.get(lane);
    if (ended === undefined) return;
    this.full.set(lane, ended + 1);
    if (ended + 1 >= boundOf(lane) / 8) this.wake([lane]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async work(): Promise<void> {
    try {
      while (this.wanted.size > 0 && !this.stopped && performance.now() >= this.restUntil) await this.pass();
      if (performance.now() >= this.nextSweep && !this.stopped) await this.sweep();
    } catch (error) {
      this.restUntil = performance.now() + AFTER_FAILURE_MS;
      this.log.warn({ err: error }, 'the relay could not look at the job rows and will try again');
    }
  }

  private async pass(): Promise<void> {
    const asked = groups.map((group) => group.filter((lane) => this.wanted.has(lane))).filter((group) => group.length > 0);
    this.wanted.clear();
    const found = await Promise.all(asked.map((group) => this.backend.rows.ringDue(group, BATCH)));
    await Promise.all(found.flat().map((lane) => this.ringLane(lane)));
  }

  private async ringLane(found: LaneRings): Promise<void> {
    if (found.full) this.full.set(found.lane, 0);
    else this.full.delete(found.lane);
    if (found.nextDueMs === undefined) this.nextDue.delete(found.lane);
    else this.nextDue.set(found.lane, performance.now() + found.nextDueMs);
    if (found.rings.length === 0) return;
    if (found.more) this.wanted.add(found.lane);
    await this.ring(found.lane, found.rings);
  }

  private async ring(lane: Lane, rings: readonly Ring[]): Promise<void> {
    try {
      await this.backend.bell.ring(lane, rings);
    } catch (error) {
      this.restUntil = performance.now() + AFTER_FAILURE_MS;
      this.log.warn({ err: error, lane, rings: rings.length }, 'the bell could not be rung; the jobs wait in their rows');
      await this.backend.rows.unring(rings);
      this.wanted.add(lane);
    }
  }

  private async sweep(): Promise<void> {
    this.nextSweep = performance.now() + this.times.leaseMs / 3;
    const silent = await this.backend.rows.sweep(this.times.leaseMs, BATCH);
    if (silent.length === 0) return;
    this.log.warn({ jobs: silent.map((ring) => ring.id) }, 'jobs were rung and nobody has shown a sign of life: ringing again');
    for (const lane of lanes) {
      const rings = silent.filter((ring) => ring.lane === lane);
      if (rings.length > 0) await this.ring(lane, rings);
    }
  }

  private sleep(): void {
    if (this.stopped) return;
    const now = performance.now();
    const due = [...this.own.flatMap((lane) => this.nextDue.get(lane) ?? []), now + this.times.tickMs];
    const next = Math.max(Math.min(...due), this.restUntil, now + 1);
    this.timer = setTimeout(() => this.wake(), next - now);
  }
}
