import { newId } from '#kernel/ids';
import fc from 'fast-check';
import { allocate, ALLOCATION_RULE_VERSION, outcomeOf, skippedSum } from './allocation';
import type { Candidate } from './allocation';
import { digestOf, receiptOf } from './receipt';
import type { Receipt } from './receipt';

const candidate = (no: number, amount: bigint, more: Partial<Candidate> = {}): Candidate => ({
  id: newId(),
  no: BigInt(no),
  amount,
  acceptsPart: false,
  heldAt: 1_000,
  heldSeq: BigInt(no),
  ...more,
});

const accepted = (candidates: readonly Candidate[], amount: bigint, canPart = true): Record<string, bigint> =>
  Object.fromEntries(allocate(candidates, amount, canPart).parts.map((part) => [String(part.no), part.accepted]));

const queues = fc.array(
  fc.record({ amount: fc.bigInt(1n, 500n), acceptsPart: fc.boolean(), heldAt: fc.integer({ min: 0, max: 5 }), heldSeq: fc.bigInt(0n, 3n) }),
  { maxLength: 40 },
);

describe('the allocation of a raise', () => {
  it('accepts whole orders while they fit, and the order that crosses the line in part if its owner agreed', () => {
    const queue = [candidate(1, 600n), candidate(2, 600n, { acceptsPart: true }), candidate(3, 100n)];
    expect(accepted(queue, 1_000n)).toEqual({ 1: 600n, 2: 400n, 3: 0n });
  });

  it('skips an order that does not fit and did not agree, and the queue goes on', () => {
    expect(accepted([candidate(1, 600n), candidate(2, 600n), candidate(3, 400n)], 1_000n)).toEqual({ 1: 600n, 2: 0n, 3: 400n });
  });

  it('splits nobody at a bank that cannot give a part back', () => {
    expect(accepted([candidate(1, 600n), candidate(2, 600n, { acceptsPart: true }), candidate(3, 400n)], 1_000n, false)).toEqual({
      1: 600n,
      2: 0n,
      3: 400n,
    });
  });

  it('leaves a gap when nobody fits, and says how large it is', () => {
    const result = allocate([candidate(1, 600n), candidate(2, 600n)], 1_000n, true);
    expect(result).toMatchObject({ accepted: 600n, gap: 400n });
  });

  it("queues by the bank's time, then the bank's count, then the order's number", () => {
    const queue = [
      candidate(4, 1n, { heldAt: 3, heldSeq: 0n }),
      candidate(3, 1n, { heldAt: 2, heldSeq: 9n }),
      candidate(2, 1n, { heldAt: 2, heldSeq: 1n }),
      candidate(1, 1n, { heldAt: 2, heldSeq: 9n }),
    ];
    expect(allocate(queue, 4n, true).parts.map((part) => part.no)).toEqual([2n, 1n, 3n, 4n]);
  });

  it('gives out no more than there is, parts at most one order, and loses not a fen', () => {
    fc.assert(
      fc.property(queues, fc.bigInt(0n, 3_000n), fc.boolean(), (facts, amount, canPart) => {
        const queue = facts.map((each, index) => candidate(index, each.amount, each));
        const { parts, accepted: sum, gap } = allocate(queue, amount, canPart);
        const wanted = new Map(queue.map((each) => [each.id, each]));
        expect(parts.reduce((total, part) => total + part.accepted, 0n)).toBe(sum);
        expect(sum + gap).toBe(amount);
        expect(gap >= 0n && parts.length === queue.length).toBe(true);
        const partly = parts.filter((part) => part.accepted > 0n && part.accepted < wanted.get(part.id)!.amount);
        expect(partly.length <= 1 && partly.every((part) => canPart && wanted.get(part.id)!.acceptsPart)).toBe(true);
        expect(parts.every((part) => part.accepted >= 0n && part.accepted <= wanted.get(part.id)!.amount)).toBe(true);
      }),
    );
  });

  it('leaves out only whom it could not fit when his turn came', () => {
    fc.assert(
      fc.property(queues, fc.bigInt(0n, 3_000n), (facts, amount) => {
        const queue = facts.map((each, index) => candidate(index, each.amount, each));
        const wanted = new Map(queue.map((each) => [each.id, each.amount]));
        let left = amount;
        for (const part of allocate(queue, amount, true).parts) {
          if (part.accepted === 0n) expect(wanted.get(part.id)! > left).toBe(true);
          left -= part.accepted;
        }
      }),
    );
  });

  it('is what the rule says in words, told another way', () => {
    fc.assert(
      fc.property(queues, fc.bigInt(0n, 3_000n), fc.boolean(), (facts, amount, canPart) => {
        const queue = facts.map((each, index) => candidate(index, each.amount, each));
        const told = new Map(toldInWords(queue, amount, canPart).map(({ no, accepted: part }) => [no, part]));
        for (const { no, accepted: part } of allocate(queue, amount, canPart).parts) expect(part).toBe(told.get(no));
      }),
    );
  });

  it('skips whom it leaves out while something remains, and counts what they hold', () => {
    const queue = [candidate(1, 600n), candidate(2, 600n), candidate(3, 500n), candidate(4, 100n)];
    expect(skippedSum(queue, allocate(queue, 1_000n, true))).toBe(1_100n);
  });

  it('sells a gap again until the deadline, then settles with what is there or fails', () => {
    const result = allocate([candidate(1, 600n)], 1_000n, true);
    expect(outcomeOf(result, 1_000n, false)).toBe('sold_again');
    expect(outcomeOf(result, 600n, true)).toBe('allocated');
    expect(outcomeOf(result, 601n, true)).toBe('failed');
    expect(outcomeOf(allocate([candidate(1, 1_000n)], 1_000n, true), 1_000n, false)).toBe('allocated');
  });
});

describe('the receipt of an allocation', () => {
  const receipt = (candidates: readonly Candidate[], amount: bigint, canPart = true): Receipt => {
    const result = allocate(candidates, amount, canPart);
    return receiptOf({ ruleVersion: ALLOCATION_RULE_VERSION, amount, canPart, candidates }, result, outcomeOf(result, amount, false));
  };

  it('is the same whatever the order of the rows', () => {
    fc.assert(
      fc.property(queues, fc.bigInt(0n, 3_000n), fc.integer(), (facts, amount, seed) => {
        const queue = facts.map((each, index) => candidate(index, each.amount, each));
        const shuffled = [...queue].sort((a, b) => ((Number(a.no) * 7919 + seed) % 31) - ((Number(b.no) * 7919 + seed) % 31));
        expect(receipt(shuffled, amount)).toEqual(receipt(queue, amount));
      }),
    );
  });

  it('has a line per order in the order of the queue, for the question and for the answer', () => {
    const queue = [candidate(2, 600n, { acceptsPart: true, heldAt: 2_000 }), candidate(1, 600n)];
    expect(receipt(queue, 1_000n)).toMatchObject({
      input: '1|600|whole|1000|1\n2|600|part|2000|2',
      result: '1|600\n2|400',
      outcome: 'allocated',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it('has another digest when anything about it is another', () => {
    const queue = [candidate(1, 600n), candidate(2, 600n, { acceptsPart: true })];
    const first = receipt(queue, 1_000n);
    expect(digestOf(first)).toBe(first.digest);
    const others = [
      receipt(queue, 1_001n).digest,
      receipt([{ ...queue[0]!, heldAt: 1_001 }, queue[1]!], 1_000n).digest,
      receipt(queue, 1_000n, false).digest,
      digestOf({ ...first, ruleVersion: 2 }),
      digestOf({ ...first, outcome: 'failed' }),
      digestOf({ ...first, result: '1|500\n2|500' }),
    ];
    expect(new Set([first.digest, ...others]).size).toBe(7);
  });
});

/** The published sentence, one order after the other by hand: always the first of the queue who is left. */
function toldInWords(queue: readonly Candidate[], amount: bigint, canPart: boolean): { no: bigint; accepted: bigint }[] {
  const waiting = [...queue];
  const told: { no: bigint; accepted: bigint }[] = [];
  let left = amount;
  while (waiting.length > 0) {
    const next = waiting.reduce((first, each) => (isBefore(each, first) ? each : first));
    waiting.splice(waiting.indexOf(next), 1);
    let part = 0n;
    if (next.amount <= left) part = next.amount;
    else if (next.acceptsPart && canPart) part = left;
    left -= part;
    told.push({ no: next.no, accepted: part });
  }
  return told;
}

function isBefore(a: Candidate, b: Candidate): boolean {
  if (a.heldAt !== b.heldAt) return a.heldAt < b.heldAt;
  if (a.heldSeq !== b.heldSeq) return a.heldSeq < b.heldSeq;
  return a.no < b.no;
}
