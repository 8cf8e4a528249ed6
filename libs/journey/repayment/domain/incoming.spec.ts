import { fen, sumFen } from '#kernel/money';
import fc from 'fast-check';
import { applyIncoming, principalIn } from './incoming';
import type { Owed } from './incoming';

const owed = (...amounts: readonly number[]): Owed[] => amounts.map((amount, index) => ({ id: `${index}`, stillOwed: fen(amount) }));

describe('an incoming amount', () => {
  it('goes to recoveries first, then to dues, oldest first', () => {
    expect(applyIncoming(fen(1_250), owed(700, 200), owed(300, 400))).toEqual({
      parts: [
        { target: 'recovery', id: '0', amount: 700n },
        { target: 'recovery', id: '1', amount: 200n },
        { target: 'instalment', id: '0', amount: 300n },
        { target: 'instalment', id: '1', amount: 50n },
      ],
      excess: 0n,
    });
  });

  it('leaves what exceeds all that is owed', () => {
    expect(applyIncoming(fen(1_000), [], owed(600))).toEqual({ parts: [{ target: 'instalment', id: '0', amount: 600n }], excess: 400n });
  });

  it('is applied to the fen, never more to a debt than is owed, and to none before the ones before it are whole', () => {
    const debts = fc.array(fc.nat(100_000), { maxLength: 8 }).map((amounts) => owed(...amounts));
    fc.assert(
      fc.property(fc.nat(600_000), debts, debts, (paid, recoveries, dues) => {
        const { parts, excess } = applyIncoming(fen(paid), recoveries, dues);
        expect(sumFen([...parts.map((part) => part.amount), excess])).toBe(BigInt(paid));
        const inOrder = [...recoveries, ...dues].filter((debt) => debt.stillOwed > 0n);
        parts.forEach((part, index) => {
          expect(part.amount <= inOrder[index]!.stillOwed).toBe(true);
          if (index < parts.length - 1 || excess > 0n) expect(part.amount).toBe(inOrder[index]!.stillOwed);
        });
      }),
    );
  });
});

describe('principal', () => {
  it('is what comes in after interest and penalty are covered', () => {
    expect(principalIn(fen(80), { covered: fen(0), otherThanPrincipal: fen(100) })).toBe(0n);
    expect(principalIn(fen(80), { covered: fen(80), otherThanPrincipal: fen(100) })).toBe(60n);
    expect(principalIn(fen(80), { covered: fen(160), otherThanPrincipal: fen(100) })).toBe(80n);
  });

  it('is the same in all, whatever parts come in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), fc.nat(5_000), (amounts, other) => {
        let covered = fen(0);
        const principal = amounts.map((amount) => {
          const part = principalIn(fen(amount), { covered, otherThanPrincipal: fen(other) });
          covered = fen(covered + BigInt(amount));
          return part;
        });
        expect(sumFen(principal)).toBe(covered > BigInt(other) ? covered - BigInt(other) : 0n);
      }),
    );
  });
});
