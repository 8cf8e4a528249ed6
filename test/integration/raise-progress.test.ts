import { cancelOrder } from '#journey/investment';
import { publicId } from '#kernel/ids';
import { withClient } from '#platform/database';
import { CustomerSessions } from '#registers/identity';
import { ProgressBoard } from '../../apps/customer-api/progress/progress-board';
import { CustomerDoor } from '../support/customer-door';
import type { ProgressSeen } from '../support/customers-sight';
import type { Door } from '../support/door';
import type { EventReader } from '../support/event-reader';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';
import { until } from '../support/until';

const PAUSE_MS = 25;
const LIMITS = { pauseMs: PAUSE_MS, heartbeatMs: 100, watchersPerProcess: 400, watchersPerSession: 10 };

type Listing = Awaited<ReturnType<RaiseWorld['listing']>>;
type Page = EventReader<ProgressSeen>;

describe('the progress of a raise', () => {
  let world: RaiseWorld;
  let api: CustomerDoor;
  let listing: Listing;
  let anna: Customer;
  let bert: Customer;
  let door: Door;
  const pages: Page[] = [];
  const boards: ProgressBoard[] = [];

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    api = await CustomerDoor.open(world, LIMITS);
    [anna, bert] = (await world.customers(2)) as [Customer, Customer];
    listing = await world.listing();
    door = await api.as(anna);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) page.close();
    for (const board of boards.splice(0)) board.beforeApplicationShutdown();
    await api.close();
  });
  afterAll(() => world.close());

  const watch = async (by: Door = door, headers: Readonly<Record<string, string>> = {}): Promise<Page> => {
    const page = await api.watch(by, listing, headers);
    pages.push(page);
    return page;
  };
  const shows = (page: Page, some: Partial<ProgressSeen>): Promise<void> =>
    until(`a page shows ${JSON.stringify(some)}, not ${JSON.stringify(page.last?.data)}`, () =>
      Object.entries(some).every(([name, value]) => page.last?.data[name as keyof ProgressSeen] === value),
    );
  const asOwner = (sql: string): Promise<unknown> => withClient(world.db.superuserUrl, (client) => client.query(sql));

  it('is shown at once, as it happens, and to its end, which closes the page', async () => {
    const page = await watch();
    expect({ status: page.status, type: page.headers['content-type'], cache: page.headers['cache-control'] }).toEqual({
      status: 200,
      type: 'text/event-stream; charset=utf-8',
      cache: 'no-store, no-transform',
    });
    expect(page.headers['x-request-id']).toBeDefined();
    const nothing = {
      listingId: publicId('lst', listing.id),
      state: 'raising',
      sale: 'open',
      boughtPpm: 0,
      remainingFen: 1_000_000,
      orders: 0,
    };
    await until('the first event is there', () => page.events.length === 1);
    expect(page.last).toMatchObject({ id: expect.stringMatching(/^\d+$/), event: 'progress', data: { ...nothing, isFinal: false } });
    expect(page.retryMs).toBeGreaterThanOrEqual(2_000);

    const order = await world.invest(listing, anna, 400_000n);
    await shows(page, { boughtPpm: 400_000, remainingFen: 600_000, orders: 1 });
    await world.invest(listing, bert, 600_000n);
    await shows(page, { state: 'raising', sale: 'sold_out', boughtPpm: 1_000_000, remainingFen: 0, orders: 2 });

    world.bank.rule = ({ kind, from }) => (kind === 'HOLD' && from === bert.accountNo ? { refused: 'INSUFFICIENT_FUNDS' } : 'done');
    await world.live();
    await shows(page, { sale: 'open', boughtPpm: 400_000, orders: 1 });
    await world.db.work.run((tx) => cancelOrder(tx, order.id, anna.id));
    await shows(page, { boughtPpm: 0, orders: 0 });

    world.bank.rule = () => 'done';
    await world.invest(listing, bert, 1_000_000n);
    await world.live();
    await until('the stream has ended', () => page.hasEnded);
    expect(page.last?.data).toMatchObject({ sale: 'ended', boughtPpm: 1_000_000, orders: 1, isFinal: true });
    expect(page.events.filter(({ data }) => data.isFinal)).toHaveLength(1);
    expect(new Set(page.events.map(({ id }) => id)).size).toBe(page.events.length);
  });

  it('can be waited for before the listing opens', async () => {
    await asOwner(`DELETE FROM listing_quota WHERE listing_id = '${listing.id}'`);
    await asOwner(`UPDATE listing SET state = 'scheduled' WHERE id = '${listing.id}'`);
    const page = await watch();
    await shows(page, { state: 'scheduled', sale: 'not_open', boughtPpm: 0, remainingFen: 0, orders: 0, isFinal: false });
    await world.invest(listing, anna, 100_000n);
    await shows(page, { state: 'raising', sale: 'open', boughtPpm: 100_000, orders: 1 });
  });

  it('of a raise that is over is one event, and then nothing, which ends the coming again of a browser', async () => {
    await world.invest(listing, anna, 1_000_000n);
    await world.live();
    const page = await watch();
    await until('the stream has ended', () => page.hasEnded);
    expect(page.events).toMatchObject([{ data: { state: 'repaying', isFinal: true } }]);
    const again = await watch(door, { 'last-event-id': page.last!.id });
    expect(again.status).toBe(204);
    const stale = await watch(door, { 'last-event-id': '1' });
    expect(stale.status).toBe(200);
  });

  it('is shown to nobody without a session, and not for a listing that he may not see', async () => {
    const stranger = await watch({ ...door, headers: {} } as Door);
    expect(stranger.status).toBe(401);
    await asOwner(`UPDATE listing SET state = 'in_review' WHERE id = '${listing.id}'`);
    for (const id of [listing.id, anna.id]) {
      const hidden = await api.watch(door, { id });
      pages.push(hidden);
      expect(hidden.status).toBe(404);
      await until('the problem is there', () => hidden.hasEnded);
      expect(JSON.parse(hidden.text)).toMatchObject({ code: 'LISTING_NOT_FOUND' });
    }
  });

  it('costs the database one question per pause, be it watched by one or by two hundred', async () => {
    const roundsAt = async (watchers: number): Promise<{ perPause: number; statements: string[] }> => {
      while (pages.length < watchers) {
        const by = await api.as(anna);
        await Promise.all(Array.from({ length: Math.min(LIMITS.watchersPerSession, watchers - pages.length) }, () => watch(by)));
      }
      await until('all have their first event', () => pages.every(({ events }) => events.length > 0));
      api.work.transactions = 0;
      api.work.statements.length = 0;
      const begun = performance.now();
      await until('eight questions were asked', () => api.work.transactions >= 8, 60_000);
      const pauses = (performance.now() - begun) / PAUSE_MS;
      return { perPause: api.work.transactions / pauses, statements: [...new Set(api.work.statements)] };
    };
    const alone = await roundsAt(1);
    const crowded = await roundsAt(200);
    // A timer may be early by a fraction of a millisecond; two hundred who each asked would be two hundred per pause.
    expect(alone.perPause).toBeLessThan(1.1);
    expect(crowded.perPause).toBeLessThan(1.1);
    // The counters, and now and then all sessions together.
    expect(alone.statements).toHaveLength(2);
    expect(crowded.statements).toEqual(alone.statements);

    await world.invest(listing, bert, 250_000n);
    await Promise.all(pages.map((page) => shows(page, { boughtPpm: 250_000, orders: 1 })));
  });

  it('is not looked at while nobody watches', async () => {
    const page = await watch();
    await until('somebody watches', () => page.events.length > 0);
    page.close();
    let seen = api.work.transactions;
    let quietSince = performance.now();
    await until('nothing was asked for twelve pauses', () => {
      if (api.work.transactions !== seen) [seen, quietSince] = [api.work.transactions, performance.now()];
      return performance.now() - quietSince > 12 * PAUSE_MS;
    });
    await world.invest(listing, bert, 100_000n);
    const later = await watch();
    await shows(later, { boughtPpm: 100_000 });
  });

  it('shows that it lives while nothing happens', async () => {
    const page = await watch();
    await until('three heartbeats came', () => page.comments.length >= 3);
    expect(page.events).toHaveLength(1);
    expect(page.hasEnded).toBe(false);
  });

  it('is watched from so many pages of one login, and a page that is closed makes room', async () => {
    await Promise.all(Array.from({ length: LIMITS.watchersPerSession }, () => watch()));
    const refused = await watch();
    expect(refused.status).toBe(429);
    await until('the problem is there', () => refused.hasEnded);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'TOO_MANY_STREAMS', messageZh: expect.stringMatching(/\p{Script=Han}/u) });
    expect((await watch(await api.as(anna))).status).toBe(200);
    pages[0]!.close();
    await until('there is room', async () => (await watch()).status === 200);
  });

  it('is watched by so many at one process, and nobody keeps a place who has gone before he was shown anything', async () => {
    await api.close();
    api = await CustomerDoor.open(world, { ...LIMITS, watchersPerProcess: 3 });
    door = await api.as(anna);
    const url = `${api.http.url}/listings/${publicId('lst', listing.id)}/progress`;
    for (let hurried = 0; hurried < 30; hurried += 1) {
      const gone = new AbortController();
      const before = api.work.transactions;
      const asked = fetch(url, { headers: door.headers, signal: gone.signal }).catch(() => undefined);
      await until('he has asked', () => api.work.transactions >= before + (hurried % 4));
      gone.abort();
      await asked;
    }
    for (let method = 0; method < 5; method += 1) await fetch(url, { method: 'HEAD', headers: door.headers });
    await until('three can watch', async () => (await Promise.all([watch(), watch(), watch()])).every(({ status }) => status === 200));
    const refused = await watch();
    await until('the problem is there', () => refused.hasEnded);
    expect(JSON.parse(refused.text)).toMatchObject({ status: 429, code: 'TOO_MANY_WATCHERS' });
  });

  it('is not shown any more to whoever has logged out, has been idle for too long, or whose session is over', async () => {
    const ends: Record<string, string> = {
      logout: 'ended_at = clock_timestamp()',
      idle: `seen_at = clock_timestamp() - interval '31 minutes'`,
      over: 'expires_at = clock_timestamp()',
    };
    const staying = await watch(await api.as(bert));
    for (const [how, change] of Object.entries(ends)) {
      door = await api.as(anna);
      const page = await watch();
      await asOwner(`UPDATE customer_session SET ${change} WHERE customer_id = '${anna.id}' AND ended_at IS NULL`);
      await until(`a page is closed by ${how}`, () => page.hasEnded);
      expect((await watch()).status).toBe(401);
    }
    expect(staying.hasEnded).toBe(false);
  });

  it('goes on after the database was away, and pages notice nothing but the delay', async () => {
    const page = await watch();
    await until('somebody watches', () => page.events.length > 0);
    api.work.isAway = true;
    await until('it is noticed', () =>
      api.log.lines.some(({ level, message }) => level === 'warn' && message.includes('cannot be read for now')),
    );
    await world.invest(listing, bert, 100_000n);
    api.work.isAway = false;
    await shows(page, { boughtPpm: 100_000 });
    expect(api.log.lines.filter(({ message }) => message.includes('cannot be read'))).toHaveLength(1);
  });

  it('is not kept for a page that does not read, and goes on for the others', async () => {
    const { digest, expiresAt } = await new CustomerSessions(world.db.work).find(/rq_session=(.*)/.exec(door.headers['cookie']!)![1]);
    const watching = { listingId: listing.id, session: digest, expiresAt };
    const board = new ProgressBoard(api.work, api.log, { ...LIMITS, bufferBytes: 1_000, watchersPerProcess: 2 });
    boards.push(board);
    const slow = (await board.watch(watching))!;
    const quick = (await board.watch(watching))!;
    const read: string[] = [];
    quick.on('data', (chunk: Buffer) => read.push(chunk.toString()));
    await expect(board.watch(watching)).rejects.toMatchObject({ code: 'TOO_MANY_WATCHERS' });
    for (let part = 1; !slow.destroyed; part += 1) {
      expect(slow.readableLength).toBeLessThanOrEqual(1_000);
      await world.invest(listing, bert, 10_000n);
      await until(`the quick one has heard of order ${part}`, () => read.join('').includes(`"orders":${part},`));
    }
    expect(quick.destroyed).toBe(false);
    expect((await board.watch(watching))?.destroyed).toBe(false);
  });

  it('ends for all when the process ends, which does not wait for them', async () => {
    await Promise.all([watch(), watch(), watch()]);
    await api.close();
    await until('every page has ended', () => pages.every(({ hasEnded }) => hasEnded));
    await expect(watch()).rejects.toThrow();
  });

  it('is described in the OpenAPI document', async () => {
    const { paths } = await door.get<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json');
    expect(paths['/listings/{listingId}/progress']).toMatchObject({
      get: {
        responses: { 200: { content: { 'text/event-stream': { schema: { type: 'string' } } } }, 204: {}, '4XX': {} },
        parameters: expect.arrayContaining([expect.objectContaining({ name: 'Last-Event-ID', in: 'header', required: false })]),
      },
    });
  });
});
