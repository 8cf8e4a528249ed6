import { bigInt, assert, property } from 'fast-check';
import { businessDate } from '#kernel/time';
import { listingLifecycle } from './listing.lifecycle';
import { saleOf } from './sale';
import type { SaleFacts } from './sale';

const today = businessDate('2024-01-03');
const raising: SaleFacts = { state: 'raising', deadline: today, applied_fen: 1_000_000n, quota_fen: 1_000_000n, taken_fen: 250_000n };

describe('a sale', () => {
  it('is open while something is left, and says how much was bought', () => {
    expect(saleOf(raising, today)).toEqual({ status: 'open', boughtPpm: 250_000, remaining: 750_000n });
    expect(saleOf({ ...raising, deadline: null }, today).status).toBe('open');
  });

  it('is sold out with its last fen, although the listing is still raising (defect 21)', () => {
    expect(saleOf({ ...raising, taken_fen: 999_999n }, today)).toEqual({ status: 'open', boughtPpm: 999_999, remaining: 1n });
    expect(saleOf({ ...raising, taken_fen: 1_000_000n }, today)).toEqual({ status: 'sold_out', boughtPpm: 1_000_000, remaining: 0n });
    expect(saleOf({ ...raising, state: 'raised', taken_fen: 1_000_000n }, today).status).toBe('sold_out');
  });

  it('with an overbooking allowance is open beyond the amount, and shows that it is oversubscribed', () => {
    const overbooked = { ...raising, quota_fen: 1_500_000n };
    expect(saleOf({ ...overbooked, taken_fen: 1_200_000n }, today)).toEqual({ status: 'open', boughtPpm: 1_200_000, remaining: 300_000n });
    expect(saleOf({ ...overbooked, taken_fen: 1_500_000n }, today).status).toBe('sold_out');
  });

  it('is over on the day after its deadline, and shows nothing left that nobody can buy', () => {
    expect(saleOf({ ...raising, deadline: businessDate('2024-01-02') }, today)).toEqual({
      status: 'ended',
      boughtPpm: 250_000,
      remaining: 0n,
    });
    expect(saleOf({ ...raising, state: 'raised' }, today)).toEqual({ status: 'ended', boughtPpm: 250_000, remaining: 0n });
  });

  it('has not begun before the listing opens', () => {
    const scheduled = { ...raising, state: 'scheduled', quota_fen: null, taken_fen: null } as const;
    expect(saleOf(scheduled, today)).toEqual({ status: 'not_open', boughtPpm: 0, remaining: 0n });
  });

  it('is open in one state of a listing only', () => {
    expect(listingLifecycle.states.filter((state) => saleOf({ ...raising, state }, today).status === 'open')).toEqual(['raising']);
  });

  it('never says that all is bought while something of the amount is left, nor the other way round', () => {
    assert(
      property(bigInt({ min: 1n, max: 10n ** 14n }), bigInt({ min: 0n, max: 10n ** 14n }), (amount, some) => {
        const sale = saleOf({ ...raising, applied_fen: amount, quota_fen: amount, taken_fen: some % (amount + 1n) }, today);
        return (sale.boughtPpm === 1_000_000) === (sale.remaining === 0n) && (sale.status === 'open') === sale.remaining > 0n;
      }),
    );
  });
});
