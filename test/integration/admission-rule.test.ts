import { Admission, refusalOf, weigh } from '#journey/investment';
import type { Door, InvestorCaps, Wish } from '#journey/investment';
import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import fc from 'fast-check';
import { RaiseWorld } from '../support/raise-world';
import type { Customer, ListingDraft } from '../support/raise-world';

jest.setTimeout(300_000);

const STATUSES = ['ACTIVE', 'ACTIVE', 'ACTIVE', 'FROZEN', 'NONE'] as const;

interface Case {
  readonly minimum: bigint;
  readonly step: bigint;
  readonly amount: bigint;
  readonly cap: bigint | null;
  readonly caps: InvestorCaps;
  readonly overbooking: bigint;
  readonly audience: 'everyone' | 'newcomers' | 'named';
  readonly batches: readonly (readonly { readonly who: number; readonly amount: bigint }[])[];
}

const fenUpTo = (most: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min: 1n, max: most });
const mostly = (arbitrary: fc.Arbitrary<bigint>): fc.Arbitrary<bigint | undefined> => fc.option(arbitrary, { nil: undefined });

const CASE: fc.Arbitrary<Case> = fc
  .record({
    step: fenUpTo(300n),
    steps: fc.bigInt({ min: 1n, max: 8n }),
    parts: fc.bigInt({ min: 1n, max: 30n }),
    odd: fc.bigInt({ min: 0n, max: 99n }),
  })
  .chain(({ step, steps, parts, odd }) => {
    const minimum = step * steps;
    const amount = minimum * parts + odd;
    const wish = fc.record({
      who: fc.nat({ max: 8 }),
      amount: fc.oneof(
        fc.bigInt({ min: 0n, max: parts }).map((n) => minimum + n * step),
        fenUpTo(amount),
        fc.constant(amount),
      ),
    });
    return fc.record({
      minimum: fc.constant(minimum),
      step: fc.constant(step),
      amount: fc.constant(amount),
      // A cap below the minimum order is refused with the terms.
      cap: fc.option(fc.bigInt({ min: minimum, max: amount < minimum ? minimum : amount }), { nil: null }),
      caps: fc.record({ total: mostly(fenUpTo(amount)), perListing: mostly(fenUpTo(amount)) }) as fc.Arbitrary<InvestorCaps>,
      overbooking: fc.constantFrom(0n, 0n, 100_000n, 333_333n),
      audience: fc.constantFrom('everyone', 'everyone', 'newcomers', 'named'),
      batches: fc.array(fc.array(wish, { minLength: 1, maxLength: 24 }), { minLength: 1, maxLength: 5 }),
    });
  });

/** Nine people: five kinds of e-account, the borrower at place 8; those at odd places are named, those at places 2 and 5 have invested elsewhere. */
class Cast {
  private constructor(
    readonly people: readonly Customer[],
    readonly elsewhere: ReadonlyMap<Uuid, bigint>,
  ) {}

  /** The cast and the listing at whose door it stands. */
  static async gather(world: RaiseWorld, draft: ListingDraft): Promise<{ readonly cast: Cast; readonly listing: { readonly id: Uuid } }> {
    const eight = await world.customers(8);
    const guests = eight.filter((_, place) => place % 2 === 1);
    const listing = await world.listing({ ...draft, ...(draft.audience === 'named' ? { guests } : {}) });
    const people = [...eight, listing.borrower];
    const earlier = await world.listing({ amount: 100_000n, minimum_order_fen: 100n, step_fen: 1n });
    const elsewhere = new Map<Uuid, bigint>();
    for (const place of [2, 5]) {
      await world.invest(earlier, people[place]!, 100n * BigInt(place));
      elsewhere.set(people[place]!.id, 100n * BigInt(place));
    }
    for (const [place, { id }] of eight.entries())
      await world.rows('UPDATE customer SET e_account_status = $2 WHERE id = $1', [id, statusOf(place)]);
    return { cast: new Cast(people, elsewhere), listing };
  }

  wish(who: number, amount: bigint, audience: Case['audience']): Wish {
    const { id, accountNo } = this.people[who]!;
    return {
      customerId: id,
      accountNo,
      accountStatus: statusOf(who),
      amount: fen(amount),
      isStranger: audience === 'named' ? who % 2 === 0 : audience === 'newcomers' && this.elsewhere.has(id),
      elsewhere: this.elsewhere.get(id) ?? 0n,
    };
  }
}

function statusOf(place: number): string {
  return place === 8 ? 'ACTIVE' : STATUSES[place % STATUSES.length]!;
}

describe('the door in the database', () => {
  let world: RaiseWorld;
  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  it('decides every wish of every batch as the published rule does, and counts as it does', async () => {
    await fc.assert(
      fc.asyncProperty(CASE, async (one) => {
        const { minimum, step, amount, cap, overbooking, audience, caps } = one;
        const terms = { minimum_order_fen: minimum, step_fen: step, investor_cap_fen: cap, overbooking_ppm: overbooking, audience };
        const { cast, listing } = await Cast.gather(world, { amount, ...terms });
        const admission = new Admission(world.db.work, caps);
        const door: Door = {
          listing: { state: 'raising', borrower_id: cast.people[8]!.id, ...terms },
          isPastDeadline: false,
          caps,
          quota: amount + (amount * overbooking) / 1_000_000n,
          taken: 0n,
          exposures: new Map(),
        };
        for (const batch of one.batches) {
          const wishes = batch.map(({ who, amount: wished }) => cast.wish(who, wished, audience));
          const answers = await Promise.allSettled(wishes.map((wish) => admission.admit(requestOf(listing.id, wish))));
          expect(answers.map(wordOf)).toEqual(wishes.map((wish) => wordOfRule(door, wish)));
        }
        const [counted] = await world.rows<{ taken_fen: bigint }>('SELECT taken_fen FROM listing_quota WHERE listing_id = $1', [
          listing.id,
        ]);
        expect(counted!.taken_fen).toBe(door.taken);
        const exposures = await world.rows<{ customer_id: Uuid; amount_fen: bigint }>(
          'SELECT * FROM listing_exposure WHERE listing_id = $1',
          [listing.id],
        );
        expect(new Map(exposures.map((row) => [row.customer_id, row.amount_fen]))).toEqual(door.exposures);
      }),
      { numRuns: 40 },
    );
  });

  const requestOf = (listingId: Uuid, wish: Wish) => ({
    listingId,
    customerId: wish.customerId,
    amount: wish.amount,
    acceptsPart: false,
    key: newId(),
    digest: String(wish.amount),
  });
  const wordOf = (end: PromiseSettledResult<unknown>): string =>
    end.status === 'fulfilled' ? 'admitted' : end.reason instanceof Refusal ? wordOfRefusal(end.reason) : String(end.reason);
  const wordOfRule = (door: Door, wish: Wish): string => {
    const decision = weigh(door, wish);
    return decision === undefined ? 'admitted' : wordOfRefusal(refusalOf(decision));
  };
  const wordOfRefusal = ({ code, details }: Refusal): string => `${code} ${JSON.stringify(details ?? null)}`;
});
