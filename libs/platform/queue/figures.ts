/** What the runs of one job took in this process; times in milliseconds. */
export interface JobFigure {
  runs: number;
  done: number;
  again: number;
  failed: number;
  /** Runs that were given up while they lasted: a successor had taken the job. */
  lost: number;
  totalMs: number;
  maxMs: number;
  /** From due to the beginning of the run, summed. */
  waitedMs: number;
}

/** How a run ended. */
export type RunEnd = 'done' | 'again' | 'failed' | 'lost';

/** Durations summed per job name, for "what took the time". */
export class JobFigures {
  private readonly byName = new Map<string, JobFigure>();

  add(name: string, outcome: RunEnd, tookMs: number, waitedMs: number): void {
    let figure = this.byName.get(name);
    if (figure === undefined) {
      figure = { runs: 0, done: 0, again: 0, failed: 0, lost: 0, totalMs: 0, maxMs: 0, waitedMs: 0 };
      this.byName.set(name, figure);
    }
    figure.runs += 1;
    figure[outcome] += 1;
    figure.totalMs += tookMs;
    figure.maxMs = Math.max(figure.maxMs, tookMs);
    figure.waitedMs += Math.max(waitedMs, 0);
  }

  /** A copy, by job name. */
  all(): Record<string, Readonly<JobFigure>> {
    return Object.fromEntries([...this.byName].map(([name, figure]) => [name, { ...figure }]));
  }
}
