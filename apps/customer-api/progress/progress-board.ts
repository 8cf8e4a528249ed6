import { randomInt } from 'node:crypto';
import { changedProgress } from '#journey/investment';
import type { RaiseProgress } from '#journey/investment';
import { listingRefusals } from '#journey/listing';
import { Outage, Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { wallClock } from '#platform/clock';
import type { Work } from '#platform/database';
import { EventStream, eventText, HEARTBEAT, retryAfter } from '#platform/http';
import type { StreamEvent } from '#platform/http';
import type { Logger } from '#platform/logging';
import { livingCustomerSessions } from '#registers/identity';
import { Places } from './places';
import { isFinal, progressEvent } from './progress-event';
import { Rounds } from './rounds';
import { WATCH_LIMITS } from './watching';
import type { Watcher, Watching, WatchLimits } from './watching';

/** A listing that somebody watches: what is known of it, what its watchers were told last. */
interface Topic {
  latest: RaiseProgress;
  told: StreamEvent;
  readonly watchers: Set<Watcher>;
}

/** After how many milliseconds a page comes again when its stream has ended: not all at once, when a process has ended. */
const COMES_AGAIN_MS = [2_000, 5_000] as const;

/**
 * The progress of every raise that anybody watches at this process. One round looks at the counters of all of them together, only while somebody watches, and
 * each watcher is told what has changed: one more costs the database nothing. Nothing is kept for later: who comes again begins with what is then.
 */
export class ProgressBoard {
  private readonly limits: WatchLimits;
  private readonly places: Places;
  private readonly topics = new Map<Uuid, Topic>();
  /** Looks at listings that nobody watched yet, shared by all who wait for them. */
  private readonly firstLooks = new Map<Uuid, Promise<RaiseProgress>>();
  private readonly rounds: Rounds;
  private lastBeatMs = 0;
  private isClosed = false;

  constructor(
    private readonly work: Work,
    log: Logger,
    limits: Partial<WatchLimits> = {},
  ) {
    this.limits = { ...WATCH_LIMITS, ...limits };
    this.places = new Places(this.limits);
    this.rounds = new Rounds({ run: () => this.lookAgain(), isWanted: () => this.topics.size > 0, pauseMs: this.limits.pauseMs, log });
  }

  /**
   * Begins to watch: the first event is in the stream when this resolves.
   * @returns undefined when the raise is over and this page knows it
   * @throws Refusal TOO_MANY_WATCHERS, TOO_MANY_STREAMS; Outage when the database is away or this process ends
   */
  async watch(watching: Watching): Promise<EventStream | undefined> {
    this.places.take(watching.session);
    try {
      const progress = await this.look(watching.listingId);
      if (this.isClosed) throw new Outage('this process ends: its watchers come again to another one');
      const knowsTheEnd = isFinal(progress) && watching.lastEventId === String(progress.version);
      if (!knowsTheEnd) return this.begin(watching, progress);
    } catch (error) {
      this.places.free(watching.session);
      throw error;
    }
    this.places.free(watching.session);
    return undefined;
  }

  /** Ends every stream; whoever comes later is refused. Called by the framework before it waits for answers that are under way: these never end by themselves. */
  beforeApplicationShutdown(): void {
    this.isClosed = true;
    this.rounds.stop();
    for (const { stream } of this.watchers()) stream.finish();
  }

  private look(listingId: Uuid): Promise<RaiseProgress> {
    const topic = this.topics.get(listingId);
    if (topic !== undefined) return Promise.resolve(topic.latest);
    const known = this.firstLooks.get(listingId);
    if (known !== undefined) return known;
    const first = this.firstLook(listingId).finally(() => this.firstLooks.delete(listingId));
    this.firstLooks.set(listingId, first);
    return first;
  }

  private async firstLook(listingId: Uuid): Promise<RaiseProgress> {
    const [progress] = await this.work.read((tx) => changedProgress(tx, [{ listingId, version: 0n }]));
    if (progress === undefined) throw new Refusal(listingRefusals.LISTING_NOT_FOUND);
    return progress;
  }

  private begin(watching: Watching, progress: RaiseProgress): EventStream {
    const stream = new EventStream(this.limits.bufferBytes);
    const watcher = { ...watching, stream };
    // Others may have begun while we looked, and a round may know more by now than our own look.
    const topic = this.topics.get(watching.listingId) ?? { latest: progress, told: progressEvent(progress), watchers: new Set() };
    stream.once('close', () => this.leave(watcher));
    stream.send(`${retryAfter(randomInt(...COMES_AGAIN_MS))}${eventText(topic.told)}`);
    if (isFinal(topic.latest)) stream.finish();
    else {
      this.topics.set(watching.listingId, topic);
      topic.watchers.add(watcher);
      this.rounds.wake();
    }
    return stream;
  }

  private leave(watcher: Watcher): void {
    this.places.free(watcher.session);
    const topic = this.topics.get(watcher.listingId);
    topic?.watchers.delete(watcher);
    if (topic?.watchers.size === 0) this.topics.delete(watcher.listingId);
    if (this.topics.size === 0) this.rounds.rest();
  }

  private async lookAgain(): Promise<void> {
    const isBeat = performance.now() - this.lastBeatMs >= this.limits.heartbeatMs;
    if (isBeat) this.beat();
    const known = [...this.topics].map(([listingId, { latest }]) => ({ listingId, version: latest.version }));
    const sessions = isBeat ? new Set([...this.watchers()].map(({ session }) => session)) : new Set<string>();
    const { changed, living } = await this.work.read(async (tx) => ({
      changed: await changedProgress(tx, known),
      living: isBeat ? await livingCustomerSessions(tx, [...sessions]) : sessions,
    }));
    for (const progress of changed) this.tell(progress);
    for (const { session, stream } of this.watchers()) if (sessions.has(session) && !living.has(session)) stream.finish();
  }

  private beat(): void {
    this.lastBeatMs = performance.now();
    const now = wallClock.now();
    for (const { stream, expiresAt } of this.watchers()) {
      if (expiresAt <= now) stream.finish();
      else stream.send(HEARTBEAT);
    }
  }

  /** What a watcher cannot see (a freeze that becomes known) is no event for him. */
  private tell(progress: RaiseProgress): void {
    const topic = this.topics.get(progress.listing_id);
    if (topic === undefined) return;
    const event = progressEvent(progress);
    const isNews = JSON.stringify(event.data) !== JSON.stringify(topic.told.data);
    topic.latest = progress;
    if (!isNews) return;
    topic.told = event;
    const text = eventText(event);
    for (const { stream } of topic.watchers) {
      stream.send(text);
      if (isFinal(progress)) stream.finish();
    }
  }

  private *watchers(): Iterable<Watcher> {
    for (const { watchers } of this.topics.values()) yield* watchers;
  }
}
