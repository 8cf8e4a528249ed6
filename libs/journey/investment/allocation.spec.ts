import { newId } from '#kernel/ids';
import fc from 'fast-check';
import { allocate, allocationDigest } from './allocation';
import type { Candidate } from './allocation';

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

  it('is the same whatever the order of the rows, and so is its digest', () => {
    fc.assert(
      fc.property(queues, fc.bigInt(0n, 3_000n), fc.integer(), (facts, amount, seed) => {
        const queue = facts.map((each, index) => candidate(index, each.amount, each));
        const shuffled = [...queue].sort((a, b) => ((Number(a.no) * 7919 + seed) % 31) - ((Number(b.no) * 7919 + seed) % 31));
        const result = allocate(queue, amount, true);
        const again = allocate(shuffled, amount, true);
        expect(again).toEqual(result);
        expect(allocationDigest(shuffled, amount, again)).toBe(allocationDigest(queue, amount, result));
      }),
    );
  });

  it('has another digest when anything about it is another', () => {
    const queue = [candidate(1, 600n), candidate(2, 600n, { acceptsPart: true })];
    const result = allocate(queue, 1_000n, true);
    const digest = allocationDigest(queue, 1_000n, result);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      allocationDigest(queue, 1_001n, result),
      allocationDigest([{ ...queue[0]!, heldAt: 1_001 }, queue[1]!], 1_000n, result),
      allocationDigest(queue, 1_000n, allocate(queue, 1_000n, false)),
    ];
    expect(others.every((other) => other !== digest)).toBe(true);
  });
});
