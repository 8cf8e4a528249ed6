import { Refusal } from '#kernel/faults';
import { progressRefusals } from './progress.refusals';
import type { WatchLimits } from './watching';

/** The places from which one may watch at this process: so many in all, so many of them for one session. */
export class Places {
  private readonly ofSession = new Map<string, number>();
  private taken = 0;

  constructor(private readonly limits: Pick<WatchLimits, 'watchersPerProcess' | 'watchersPerSession'>) {}

  /** @throws Refusal TOO_MANY_STREAMS, TOO_MANY_WATCHERS */
  take(session: string): void {
    const own = this.ofSession.get(session) ?? 0;
    if (own >= this.limits.watchersPerSession) throw new Refusal(progressRefusals.TOO_MANY_STREAMS);
    if (this.taken >= this.limits.watchersPerProcess) throw new Refusal(progressRefusals.TOO_MANY_WATCHERS);
    this.ofSession.set(session, own + 1);
    this.taken += 1;
  }

  free(session: string): void {
    const left = this.ofSession.get(session)! - 1;
    if (left === 0) this.ofSession.delete(session);
    else this.ofSession.set(session, left);
    this.taken -= 1;
  }
}
