import { fen, sumFen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import fc from 'fast-check';
import { distribute, LoanSharing } from './sharing';

const positive = fc.bigInt({ min: 1n, max: 10n ** 9n });
const amounts = (max: bigint) => fc.bigInt({ min: 0n, max });

describe('the sharing of a loan', () => {
  it('gives everybody exactly his principal, and every instalment exactly the borrower’s figures (defect 7)', () => {
    fc.assert(
      fc.property(
        fc.array(positive, { minLength: 1, maxLength: 30 }),
        fc.array(fc.tuple(fc.nat(1000), amounts(10n ** 8n)), { minLength: 1, maxLength: 24 }),
        (weights, cuts) => {
          const principals = weights.map((weight) => fen(weight));
          const instalments = cutUp(sumFen(principals), cuts);
          const sharing = new LoanSharing(principals);
          const shares = instalments.map((instalment) => sharing.next(instalment));
          shares.forEach((row, index) => {
            expect(sumFen(row.map((share) => share.principal))).toBe(instalments[index]!.principal);
            expect(sumFen(row.map((share) => share.interest))).toBe(instalments[index]!.interest);
            expect(row.every((share) => share.principal >= 0n && share.interest >= 0n)).toBe(true);
          });
          principals.forEach((principal, claim) => expect(sumFen(shares.map((row) => row[claim]!.principal))).toBe(principal));
        },
      ),
    );
  });

  it('loses nothing of ¥1,000,000 at 7 % over 10,000 investors (defect 7)', () => {
    const sharing = new LoanSharing(Array.from({ length: 10_000 }, () => fen(10_000)));
    const row = sharing.next({ principal: fen(100_000_000), interest: fen(583_333) });
    expect(sumFen(row.map((share) => share.interest))).toBe(583_333n);
  });

  it('gives nobody a negative share, and nobody the rest (defect 8)', () => {
    const row = new LoanSharing(Array.from({ length: 10_000 }, () => fen(1))).next({ principal: fen(0), interest: fen(585_000) });
    expect(new Set(row.map((share) => share.interest))).toEqual(new Set([58n, 59n]));
  });

  it('goes on where it was interrupted', () => {
    const principals = [fen(6), fen(6), fen(2)];
    const whole = new LoanSharing(principals);
    const instalments = [
      { principal: fen(10), interest: fen(3) },
      { principal: fen(1), interest: fen(2) },
      { principal: fen(3), interest: fen(7) },
    ];
    const all = instalments.map((instalment) => whole.next(instalment));
    const given = {
      principal: principals.map((_, claim) => fen(all[0]![claim]!.principal + all[1]![claim]!.principal)),
      interest: principals.map((_, claim) => fen(all[0]![claim]!.interest + all[1]![claim]!.interest)),
    };
    expect(new LoanSharing(principals, given).next(instalments[2]!)).toEqual(all[2]);
  });
});

describe('the distribution of what came in', () => {
  it('adds up part by part, never gives more than is due, and gives everybody exactly his due when the whole is in', () => {
    const dues = fc.array(amounts(10n ** 7n), { minLength: 1, maxLength: 40 }).filter((all) => all.some((due) => due > 0n));
    fc.assert(
      fc.property(dues, fc.array(fc.nat(1000), { maxLength: 6 }), (all, cuts) => {
        const due = all.map((amount) => fen(amount));
        let distributed = due.map(() => fen(0));
        for (const { principal: part } of cutUp(
          sumFen(due),
          cuts.map((cut) => [cut, 0n] as const),
        )) {
          const given = distribute(
            part,
            due.map((amount, index) => ({ due: amount, distributed: distributed[index]! })),
          );
          expect(sumFen(given)).toBe(part);
          expect(given.every((amount) => amount >= 0n)).toBe(true);
          distributed = distributed.map((before, index) => fen(before + given[index]!));
          distributed.forEach((amount, index) => expect(amount <= due[index]!).toBe(true));
        }
        expect(distributed).toEqual(due);
      }),
    );
  });

  it('refuses to give more than is owed', () => {
    expect(() =>
      distribute(fen(11), [
        { due: fen(6), distributed: fen(0) },
        { due: fen(4), distributed: fen(0) },
      ]),
    ).toThrow('11 fen came in');
  });
});

/** Cuts an amount into parts at some thousandths of it, the last part being the rest. */
function cutUp(amount: Fen, cuts: readonly (readonly [number, bigint])[]): { principal: Fen; interest: Fen }[] {
  const ends = [...cuts.map(([cut]) => (amount * BigInt(cut)) / 1000n).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)), amount];
  return ends.map((end, index) => ({ principal: fen(end - (ends[index - 1] ?? 0n)), interest: fen(cuts[index]?.[1] ?? 0n) }));
}
