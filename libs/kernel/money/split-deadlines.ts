import { Bug } from '#kernel/faults';

/** Every waiting owner of the class is given one fen. */
export const TAKEN = 1;
/** The first owners by index of all classes marked so are given one fen each, as many as `tied` says. */
export const TIED = 2;

/** Where the fen go that are left after the floors: a mark per class. */
export interface Choice {
  readonly mark: Uint8Array;
  readonly tied: number;
}

/** Classes of owners of equal weight after one period, and how many owners of each may be given one fen now. */
export interface Waiting {
  readonly weights: BigInt64Array;
  /** The same as doubles. */
  readonly weightsNearly: Float64Array;
  /** What the exact cumulative share lacks to its next whole fen, in fen × total weight. */
  readonly lacking: BigInt64Array;
  readonly waiting: Uint32Array;
}

/** Relative width within which two deadlines in doubles (three roundings each) count as indistinguishable. */
const CLOSE = 2 ** -48;

/**
 * Chooses the owners whose next fen falls due first. An owner's next fen falls due when the total has grown by
 * `lacking ÷ weight`: then the exact share reaches the next whole fen. Doubles find the neighbourhood of the last fen,
 * fractions decide inside it.
 * @param left how many fen go out; not more than there are waiting owners
 */
export function chooseByDeadline(classes: Waiting, left: number): Choice {
  const { weightsNearly, lacking, waiting } = classes;
  const mark = new Uint8Array(waiting.length);
  if (left === 0) return { mark, tied: 0 };
  const deadlines = new Float64Array(waiting.length);
  for (let index = 0; index < deadlines.length; index += 1) {
    deadlines[index] = waiting[index] === 0 ? Infinity : Number(lacking[index]!) / weightsNearly[index]!;
  }
  const limit = deadlineOfLast(deadlines, waiting, left);
  const close: number[] = [];
  let open = left;
  for (let index = 0; index < deadlines.length; index += 1) {
    if (waiting[index] === 0) continue;
    if (deadlines[index]! < limit * (1 - CLOSE)) {
      mark[index] = TAKEN;
      open -= waiting[index]!;
    } else if (deadlines[index]! <= limit * (1 + CLOSE)) close.push(index);
  }
  return { mark, tied: chooseExactly(classes, close, mark, open) };
}

/** Doubles cannot tell these classes apart: compares the deadlines as fractions. Returns the fen that go to the tied. */
function chooseExactly({ weights, lacking, waiting }: Waiting, close: number[], mark: Uint8Array, open: number): number {
  const compare = (a: number, b: number): number => {
    const left = lacking[a]! * weights[b]!;
    const right = lacking[b]! * weights[a]!;
    return left < right ? -1 : left > right ? 1 : 0;
  };
  if (close.length > 1) close.sort(compare);
  let rest = open;
  for (let at = 0; at < close.length && rest > 0;) {
    const first = close[at]!;
    let end = at;
    let count = 0;
    for (; end < close.length && compare(first, close[end]!) === 0; end += 1) count += waiting[close[end]!]!;
    const verdict = count <= rest ? TAKEN : TIED;
    for (; at < end; at += 1) mark[close[at]!] = verdict;
    if (verdict === TIED) return rest;
    rest -= count;
  }
  if (rest > 0) throw new Bug(`${rest} fen found nobody who may be given one`);
  return 0;
}

/** The deadline of the last of `left` fen, when they go out by deadline: a quickselect weighted by the owners of each class. */
function deadlineOfLast(deadlines: Float64Array, waiting: Uint32Array, left: number): number {
  const keys = deadlines.slice();
  const counts = waiting.slice();
  let low = 0;
  let high = keys.length;
  let open = left;
  while (low < high) {
    const pivot = medianOfThree(keys[low]!, keys[(low + high) >>> 1]!, keys[high - 1]!);
    const { less, greater } = partition(keys, counts, low, high, pivot);
    const before = sumOf(counts, low, less);
    const equal = sumOf(counts, less, greater);
    if (open <= before) high = less;
    else if (open <= before + equal) return pivot;
    else {
      open -= before + equal;
      low = greater;
    }
  }
  throw new Bug(`${open} fen found nobody who may be given one`);
}

/** Dijkstra's three-way partition of `keys[low … high)` with their counts: below the pivot, equal to it, above it. */
function partition(keys: Float64Array, counts: Uint32Array, low: number, high: number, pivot: number): { less: number; greater: number } {
  let less = low;
  let greater = high;
  for (let at = low; at < greater;) {
    const key = keys[at]!;
    if (key < pivot) {
      if (at !== less) swap(keys, counts, at, less);
      less += 1;
      at += 1;
    } else if (key > pivot) {
      greater -= 1;
      swap(keys, counts, at, greater);
    } else at += 1;
  }
  return { less, greater };
}

function swap(keys: Float64Array, counts: Uint32Array, a: number, b: number): void {
  const [key, count] = [keys[a]!, counts[a]!];
  keys[a] = keys[b]!;
  counts[a] = counts[b]!;
  keys[b] = key;
  counts[b] = count;
}

function sumOf(counts: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += counts[at]!;
  return sum;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
