import { readFileSync } from 'node:fs';
import { median } from '../rates';

/** A process whose memory is watched. `done` counts what it has done of `orders` so far. */
export interface Watched {
  readonly name: string;
  readonly pid: number;
  readonly orders: number;
  done(): number;
}

/** Resident memory of one process, in MB. */
export interface MemoryFigure {
  readonly name: string;
  readonly lowestMb: number;
  readonly highestMb: number;
  /** When so much of the orders was done, and at the end of the orders. */
  readonly at: Readonly<Record<'10 %' | '25 %' | '50 %' | '100 %', number>>;
  /** The highest after the orders: while the listing is allocated and settled. */
  readonly settlingMb: number;
  /** In the middle of the last tenth of the orders ÷ at a quarter of them. */
  readonly growth: number;
  /** Whether a quarter of the orders is enough for the process to be warm. */
  readonly isJudged: boolean;
  readonly holds: boolean;
}

/** How often it is looked. */
const EVERY_MS = 1_000;
/**
 * From a quarter of the orders to their end three times as many more are done. Memory that is kept per order would be far more than this by then; what the collector of
 * garbage leaves lying for a while, and the warmth of a process (compiled code, prepared statements, pools), are less.
 */
const FLAT = 1.25;
/**
 * Fewer orders than this are no warmth: the room for the young alone (64 MB, three times) takes some ten thousand orders to be touched as a whole, and whoever compares
 * before that compares with a process that has just begun.
 */
const WARM_ORDERS = 10_000;
/** A figure at one moment is the middle of so many samples around it: one sample tells where the collector of garbage happens to be. */
const AROUND = 2;

/** What one look has found: resident memory, and how many orders were done. */
export interface Sample {
  readonly mb: number;
  readonly done: number;
}

/** Samples the resident memory of some processes, as the system counts it, until it is ended. */
export class MemoryWatch {
  private readonly samples = new Map<Watched, Sample[]>();
  private readonly timer: NodeJS.Timeout;
  private ordersEndAt: number | undefined;

  constructor(private readonly watched: readonly Watched[]) {
    for (const one of watched) this.samples.set(one, []);
    this.look();
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  /** What each has now, in MB, in the order in which they were given. */
  now(): readonly number[] {
    return this.watched.map((one) => this.samples.get(one)!.at(-1)!.mb);
  }

  /** The door has closed: what comes now is no order any more. Only the first time counts. */
  ordersEnd(): void {
    if (this.ordersEndAt !== undefined) return;
    this.look();
    this.ordersEndAt = this.samples.get(this.watched[0]!)!.length;
  }

  end(): readonly MemoryFigure[] {
    clearInterval(this.timer);
    return this.watched.map((one) => memoryFigureOf(one.name, one.orders, this.samples.get(one)!, this.ordersEndAt));
  }

  private look(): void {
    for (const one of this.watched) this.samples.get(one)!.push({ mb: residentMb(one.pid), done: one.done() });
  }
}

/** The figure of a process that does so many orders. @param end how many of the samples were taken before the door closed */
export function memoryFigureOf(name: string, orders: number, samples: readonly Sample[], end = samples.length): MemoryFigure {
  const during = samples.slice(0, end);
  const smooth = during.map((_, middle) => median(during.slice(Math.max(0, middle - AROUND), middle + AROUND + 1).map(({ mb }) => mb)));
  const placeOf = (share: number): number => {
    const found = during.findIndex(({ done }) => done >= orders * share);
    return found === -1 ? during.length - 1 : found;
  };
  const at = (share: number): number => smooth[placeOf(share)]!;
  const last = smooth.at(-1)!;
  // The highest sample says when the old generation was collected last; what is kept per order is still there at the end.
  const growth = median(smooth.slice(placeOf(0.9))) / at(0.25);
  const isJudged = orders / 4 >= WARM_ORDERS;
  const all = samples.map(({ mb }) => mb);
  return {
    name,
    lowestMb: Math.min(...all),
    highestMb: Math.max(...all),
    at: { '10 %': at(0.1), '25 %': at(0.25), '50 %': at(0.5), '100 %': last },
    settlingMb: Math.max(last, ...samples.slice(end).map(({ mb }) => mb)),
    growth,
    isJudged,
    holds: !isJudged || growth <= FLAT,
  };
}

/** `VmRSS` of a process, as Linux tells it. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1_024;
}
