import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgressSeen, SightSeen } from '../support/customers-sight';
import { EventReader } from '../support/event-reader';
import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople, logIn } from '../support/people';
import type { Person } from '../support/people';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { until } from '../support/until';

type Page = EventReader<ProgressSeen>;

/** Longest time from what somebody does to what somebody else is shown. */
const SHOWN_LIMIT_MS = 60_000;

let platform: TestPlatform;
let borrower: Person;
let anna: Person;
let bert: Person;
let carl: Person;
let story: ListingStory;
let watching: Page;
const orders = new Map<Person, string>();

beforeAll(async () => {
  platform = await startPlatform();
  borrower = await bringBorrower(platform, { balanceFen: 10_000_000 });
  const people = await bringPeople(
    platform,
    Array.from({ length: 3 }, () => ({ balanceFen: 10_000_000 })),
  );
  [anna, bert, carl] = people as [Person, Person, Person];
  story = await ListingStory.onSale(platform, borrower, { amountFen: 1_000_000, terms: { overbookingPpm: 500_000 } });
});
afterAll(() => platform?.stop());

const watch = (by: Person): Promise<Page> => EventReader.open(`${platform.customerApi.url}/listings/${story.id}/progress`, by.door.headers);
const sight = (by: Person): Promise<SightSeen> => by.door.get(`/orders/${orders.get(by)!}`);
const shows = (page: Page, some: Partial<ProgressSeen>): Promise<void> => {
  const isShown = (): boolean => Object.entries(some).every(([name, value]) => page.last?.data[name as keyof ProgressSeen] === value);
  return until(`a page shows ${JSON.stringify(some)}`, isShown, SHOWN_LIMIT_MS);
};

describe('what customers see of a raise', () => {
  it('begins with an empty listing, on a page that stays open', async () => {
    watching = await watch(carl);
    await shows(watching, { state: 'raising', sale: 'open', boughtPpm: 0, remainingFen: 1_500_000, orders: 0 });
  });

  it('shows an order of one customer to everybody who watches, and to him what it waits for', async () => {
    orders.set(anna, await story.holdsOrder(anna, 400_000));
    await shows(watching, { boughtPpm: 400_000, remainingFen: 1_100_000, orders: 1 });
    const mine = await sight(anna);
    expect(mine.stateText.zh).toContain('等待募集结束后分配');
    expect(mine.bank.hold).toMatchObject({
      kind: 'HOLD',
      state: 'done',
      bankSerial: expect.any(String),
      bankTime: expect.stringContaining('+08:00'),
    });
  });

  it('puts the next one behind him, and tells each his place', async () => {
    orders.set(bert, await story.holdsOrder(bert, 400_000));
    expect((await sight(anna)).queue).toEqual({ ordersBefore: 0, fenBefore: 0, listingFen: 1_000_000 });
    expect((await sight(bert)).queue).toEqual({ ordersBefore: 1, fenBefore: 400_000, listingFen: 1_000_000 });
    const foreign = await carl.door.ask('GET', `/orders/${orders.get(bert)!}`);
    expect({ status: foreign.status, code: foreign.body['code'] }).toEqual({ status: 404, code: 'ORDER_NOT_FOUND' });
  });

  it('takes the last one for more than is left, ends for all who watch, and is over on the page of whoever comes later', async () => {
    orders.set(carl, await story.holdsOrder(carl, 700_000, true));
    await until('the page of the watcher has ended', () => watching.hasEnded, SHOWN_LIMIT_MS);
    expect(watching.last?.data).toMatchObject({ sale: 'ended', boughtPpm: 1_500_000, remainingFen: 0, isFinal: true });
    const { sale, remainingFen } = await anna.door.get<ProgressSeen>(`/listings/${story.id}`);
    expect({ sale, remainingFen }).toEqual({ sale: 'ended', remainingFen: 0 });
    const again = await EventReader.open(`${platform.customerApi.url}/listings/${story.id}/progress`, anna.door.headers);
    await until('it has ended as well', () => again.hasEnded);
    expect(again.events).toHaveLength(1);
  });

  it('tells each where his money is now: lent, with the serials of the bank, and what was too much has come back', async () => {
    await story.becomes('repaying');
    expect((await sight(anna)).timeline.map(({ state }) => state)).toEqual([
      'admitted',
      'freezing',
      'frozen',
      'accepted',
      'collected',
      'lent',
    ]);
    expect((await sight(anna)).bank.collection).toMatchObject({
      state: 'done',
      bankSerial: expect.any(String),
      bankDate: expect.any(String),
    });
    const isBack = async (): Promise<boolean> => (await sight(carl)).returns[0]?.['state'] === 'done';
    await until('what was too much is back', isBack, SHOWN_LIMIT_MS);
    expect(await sight(carl)).toMatchObject({
      state: 'lent',
      acceptedFen: 200_000,
      queue: null,
      returns: [{ amountFen: 500_000, cause: 'oversubscription', causeText: { zh: '超募退款' }, bankSerial: expect.any(String) }],
    });
  });
});

describe('a page that watches', () => {
  it('is closed when its customer logs out, elsewhere too', async () => {
    story = await ListingStory.onSale(platform, borrower, { amountFen: 1_000_000 });
    const door = await logIn(platform.customerApi, anna.customerNo);
    const page = await watch({ ...anna, door });
    await shows(page, { boughtPpm: 0 });
    await door.post('/logout');
    await until('the page is closed', () => page.hasEnded, SHOWN_LIMIT_MS);
    expect((await watch({ ...anna, door })).status).toBe(401);
  });

  it('does not keep its process from ending, and goes on with the next one', async () => {
    const pages = await Promise.all([anna, bert, carl].map(watch));
    const api = platform.running.process('customer-api');
    await api.end('SIGTERM');
    await until('every page has ended', () => pages.every(({ hasEnded }) => hasEnded));
    const log = readFileSync(join(platform.running.logFolder, 'customer-api.log'), 'utf8');
    expect(log).toContain('"msg":"stopped"');
    await api.startAgain();
    const again = await watch(anna);
    await shows(again, { state: 'raising', boughtPpm: 0 });
    again.close();
  });
});
