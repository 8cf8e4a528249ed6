import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { BothBooks } from '../support/both-books';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople } from '../support/people';
import type { Person } from '../support/people';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';

const CUSTOMERS = 200;
const SEEDS = 20;
const AMOUNT = 20_000_000;
const LAST_PERCENT = AMOUNT / 100;
const MINIMUM = 1_000;
const STEP = 100;

/** What one customer of the rush was answered last. */
interface End {
  readonly status: number;
  readonly code?: string;
  readonly tookFen: number;
}

describe(`${CUSTOMERS} customers for the last percent of a listing`, () => {
  let platform: TestPlatform;
  let borrower: Person;
  let first: Person;
  let crowd: readonly Person[];
  const stories: ListingStory[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    borrower = await bringBorrower(platform, { creditLimitFen: AMOUNT * SEEDS });
    [first] = (await bringPeople(platform, [{ balanceFen: AMOUNT * SEEDS }])) as [Person];
    crowd = await bringPeople(
      platform,
      Array.from({ length: CUSTOMERS }, () => ({ balanceFen: LAST_PERCENT * SEEDS })),
    );
  });
  afterAll(() => platform?.stop());

  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'fill it exactly, and nobody is answered with an error of ours (seed %i)',
    async (seed) => {
      const story = await ListingStory.onSale(platform, borrower, {
        amountFen: AMOUNT,
        terms: { minimumOrderFen: MINIMUM, stepFen: STEP },
      });
      await story.takesOrder(first, AMOUNT - LAST_PERCENT);
      const wishes = fc.sample(fc.integer({ min: 0, max: 40 }), { numRuns: CUSTOMERS, seed }).map((steps) => MINIMUM + steps * STEP);
      const ends = await Promise.all(crowd.map((customer, index) => takesWhatHeCan(story, customer, wishes[index]!)));
      expect(ends.filter(({ status }) => status >= 500)).toEqual([]);
      expect(ends.reduce((sum, { tookFen }) => sum + tookFen, 0)).toBe(LAST_PERCENT);
      expect([...new Set(ends.filter(({ tookFen }) => tookFen === 0).map(({ code }) => code))].sort()).not.toContain(
        'ORDER_ABOVE_REMAINDER',
      );
      stories.push(story);
    },
  );

  it("and every one of these listings is lent, in our books and in the bank's", async () => {
    expect(stories).toHaveLength(SEEDS);
    for (const story of stories) await story.becomes('repaying');
    for (const story of stories) {
      const orders = await story.orders();
      expect(orders.reduce((sum, { acceptedFen }) => sum + (acceptedFen ?? 0), 0)).toBe(AMOUNT);
    }
    await platform.advance(1);
    expect(await new BothBooks(platform).complaints()).toEqual([]);
  });

  /** He asks for what he wants; told that less is left, he asks for exactly that, until he has something or nothing is left. */
  async function takesWhatHeCan(story: ListingStory, customer: Person, wishFen: number): Promise<End> {
    for (let amountFen = wishFen; ;) {
      const { status, body } = await customer.door.ask<{ code?: string; details?: { remainingFen?: number } }>(
        'POST',
        `/listings/${story.id}/orders`,
        {
          body: { amountFen },
          headers: { 'idempotency-key': randomUUID() },
        },
      );
      if (status === 201) return { status, tookFen: amountFen };
      const left = body.details?.remainingFen;
      if (left === undefined) return { status, tookFen: 0, ...(body.code === undefined ? {} : { code: body.code }) };
      // What remains may be more than he can take and leave a rest; then he takes all of it.
      amountFen = left;
    }
  }
});
