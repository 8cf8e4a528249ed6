import { ListingStory } from '../support/listing-story';
import { bringBorrower, bringPeople, logIn, OPERATORS, signIn } from '../support/people';
import type { Operators, Person } from '../support/people';
import type { Door } from '../support/door';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';

/** What the OpenAPI document says of one operation, as far as we look at it. */
interface Operation {
  readonly method: string;
  readonly path: string;
}

/** What anybody may call. Everything else asks who is there. */
const PUBLIC = {
  customer: ['GET /health', 'GET /login', 'GET /login/callback', 'POST /bank/notices'],
  office: ['GET /health', 'POST /session'],
};

/** Who may command what in the back office: one line per command, so that a new one is decided about here. Looking is everybody's, but for the audit log. */
const MAY: Readonly<Record<string, readonly (keyof Operators)[]>> = {
  'POST /institutions': ['operator'],
  'POST /customers/{customerNo}/unmasking': ['checker'],
  'POST /listings': ['operator'],
  'PUT /listings/{listingId}/terms': ['operator'],
  'PUT /listings/{listingId}/guests': ['operator'],
  'POST /listings/{listingId}/reviews': ['first', 'second'],
  'POST /listings/{listingId}/withdrawal': ['operator'],
  'POST /listings/{listingId}/withdrawal-proposals': ['operator'],
  'POST /returns/{returnId}/retry': ['operator'],
  'POST /listings/{listingId}/settlement/decision-proposals': ['operator'],
  'POST /listings/{listingId}/settlement/repayment-to-borrower-proposals': ['operator'],
  'POST /listings/{listingId}/settlement/returned-money-proposals': ['operator'],
  'POST /proposals/{proposalId}/approval': ['checker'],
  'POST /proposals/{proposalId}/rejection': ['checker'],
  'POST /breaks/{breakId}/proposals': ['operator'],
  'POST /bank-orders/{bankOrderId}/closing': ['operator'],
  'POST /jobs/{jobId}/resumption': ['operator'],
  'POST /sandbox/clock/advance': ['operator'],
  'GET /audit-records': ['auditor'],
  'DELETE /session': ['operator', 'first', 'second', 'checker', 'auditor'],
};

let platform: TestPlatform;
let customer: Person;
let stranger: Person;

beforeAll(async () => {
  platform = await startPlatform();
  const people = await bringPeople(platform, [{ balanceFen: 10_000_000 }, { balanceFen: 10_000_000 }]);
  customer = people[0]!;
  stranger = people[1]!;
});
afterAll(() => platform?.stop());

async function operationsOf(door: Door): Promise<Operation[]> {
  const document = await door.get<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json');
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

/** The path with ids that are well formed and nobody's. */
const filled = ({ path }: Operation): string =>
  path.replace(/\{(\w+)Id\}/g, (_, noun: string) => `${PREFIXES[noun] ?? noun}_01m80knpc6etargt3ecrj68kqe`);
const PREFIXES: Readonly<Record<string, string>> = {
  listing: 'lst',
  order: 'ord',
  claim: 'clm',
  proposal: 'prp',
  break: 'brk',
  bankOrder: 'bor',
  return: 'ret',
};

/** Operations that do not ask for a session. A callback without a login, or a notice without a signature, is refused for a reason of its own. */
async function open(door: Door, operations: readonly Operation[]): Promise<string[]> {
  const answers: string[] = [];
  for (const operation of operations) {
    const { status, body } = await door.ask<{ code?: string }>(
      operation.method,
      filled(operation),
      operation.method === 'GET' ? {} : { body: {} },
    );
    if (status !== 401 || body.code !== 'SIGN_IN_REQUIRED') answers.push(nameOf(operation));
  }
  return answers;
}

describe('every door that the OpenAPI document of the customer API names', () => {
  it('is closed without a session, but for login, callback, health and notices', async () => {
    const operations = await operationsOf(platform.customerApi);
    expect(operations.length).toBeGreaterThan(15);
    expect((await open(platform.customerApi, operations)).sort()).toEqual(PUBLIC.customer);
  });

  it.each(['rq_session=', 'rq_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'rq_login=x; rq_session=../../x', 'session=x'])(
    'is closed to a session that nobody was given (%s)',
    async (cookie) => {
      const operations = (await operationsOf(platform.customerApi)).filter((operation) => !PUBLIC.customer.includes(nameOf(operation)));
      expect(await open(platform.customerApi.as('a forger', { cookie }), operations)).toEqual([]);
    },
  );

  it('is closed to an operator, whose session is another one', async () => {
    const { operator } = platform.office;
    const operations = (await operationsOf(platform.customerApi)).filter((operation) => !PUBLIC.customer.includes(nameOf(operation)));
    expect(await open(platform.customerApi.as('operator', operator.headers), operations)).toEqual([]);
  });

  it('is closed again after the customer has logged out, on the server and not only in his browser', async () => {
    const door = await logIn(platform.customerApi, customer.customerNo);
    expect((await door.ask('GET', '/me')).status).toBe(200);
    await door.post('/logout');
    expect((await door.ask('GET', '/me')).status).toBe(401);
    expect((await customer.door.ask('GET', '/me')).status).toBe(200);
  });

  it('does not take a callback that no login of this browser has begun', async () => {
    const { status, body } = await platform.customerApi.ask<{ code: string }>('GET', '/login/callback?code=abc&state=def');
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'SIGN_IN_EXPIRED' });
  });
});

describe('what belongs to one customer', () => {
  it('is not there for another one: every id of his is answered like an id that nobody has', async () => {
    const borrower = await bringBorrower(platform, { balanceFen: 10_000_000 });
    const lent = await ListingStory.onSale(platform, borrower, { terms: { minimumRaisePpm: 500_000 } });
    await lent.isLent([customer]);
    const raising = await ListingStory.onSale(platform, borrower, {});
    const frozen = await raising.takesOrder(customer, 100_000);
    const applied = await ListingStory.applied(platform, borrower);
    const { items: loans } = await borrower.door.get<{ items: { id: string }[] }>('/loans');
    const { items: claims } = await customer.door.get<{ items: { id: string }[] }>('/claims');
    const loanId = loans[0]!.id;
    const belongings: readonly { owner: Person; method: string; path: string; body?: object }[] = [
      { owner: borrower, method: 'GET', path: `/listings/${applied.id}` },
      { owner: customer, method: 'GET', path: `/orders/${frozen}` },
      { owner: customer, method: 'POST', path: `/orders/${frozen}/cancellation`, body: {} },
      { owner: borrower, method: 'GET', path: `/loans/${loanId}` },
      { owner: borrower, method: 'POST', path: `/loans/${loanId}/payments`, body: { amountFen: 100 } },
      { owner: customer, method: 'GET', path: `/claims/${claims[0]!.id}` },
    ];
    for (const { owner, method, path, body } of belongings) {
      const asking = body === undefined ? {} : { body };
      const nobodys = path.replace(/_[0-9a-z]{26}/, '_01m80knpc6etargt3ecrj68kqe');
      const [theirs, unknown] = [
        await stranger.door.ask<{ code: string }>(method, path, { ...asking, headers: stranger.door.once() }),
        await stranger.door.ask<{ code: string }>(method, nobodys, { ...asking, headers: stranger.door.once() }),
      ];
      expect({ path, status: theirs.status, code: theirs.body.code }).toEqual({ path, status: 404, code: unknown.body.code });
      const own = await owner.door.ask(method, path, { ...asking, headers: owner.door.once() });
      expect({ path, status: own.status }).not.toEqual({ path, status: 404 });
    }
    expect((await stranger.door.get<{ items: unknown[] }>('/orders')).items).toEqual([]);
    expect((await stranger.door.get<{ items: unknown[] }>('/loans')).items).toEqual([]);
    expect((await stranger.door.get<{ items: unknown[] }>('/claims')).items).toEqual([]);
    expect((await stranger.door.get<{ items: unknown[] }>('/applications')).items).toEqual([]);
  });
});

describe('every door that the OpenAPI document of the back office names', () => {
  it('is closed without a session, but for health and the sign-in', async () => {
    const operations = await operationsOf(platform.officeApi);
    expect(operations.length).toBeGreaterThan(25);
    expect((await open(platform.officeApi, operations)).sort()).toEqual(PUBLIC.office);
  });

  it('is closed to a customer', async () => {
    const operations = (await operationsOf(platform.officeApi)).filter((operation) => !PUBLIC.office.includes(nameOf(operation)));
    expect(await open(platform.officeApi.as('customer', customer.door.headers), operations)).toEqual([]);
  });

  it.each(OPERATORS.map(({ name }) => name))('answers 403 to %s where it is not his to do, and hears him where it is', async (name) => {
    // A session of his own, because one of the doors is the way out.
    const door = (await signIn(platform.officeApi))[name];
    const operations = (await operationsOf(platform.officeApi)).filter((operation) => !PUBLIC.office.includes(nameOf(operation)));
    const [wayOut] = operations.filter((operation) => nameOf(operation) === 'DELETE /session');
    const heard: string[] = [];
    for (const operation of [...operations.filter((each) => each !== wayOut), wayOut!]) {
      const asking = operation.method === 'GET' ? {} : { body: {} };
      const { status } = await door.ask(operation.method, filled(operation), { ...asking, headers: door.once() });
      expect(status).toBeLessThan(500);
      expect(status).not.toBe(401);
      if (status !== 403) heard.push(nameOf(operation));
    }
    const may = operations.filter((operation) => (MAY[nameOf(operation)] ?? (operation.method === 'GET' ? EVERYBODY : [])).includes(name));
    expect(heard.sort()).toEqual(may.map(nameOf).sort());
    expect((await door.ask('GET', '/me')).status).toBe(401);
  });

  it('is decided about, command by command, in the table of this test', async () => {
    const commands = (await operationsOf(platform.officeApi)).filter(({ method }) => method !== 'GET').map(nameOf);
    expect(commands.filter((name) => !PUBLIC.office.includes(name) && MAY[name] === undefined)).toEqual([]);
  });

  it('is written down when it lets days pass', async () => {
    const { businessDate: before } = await platform.office.operator.get<{ businessDate: string }>('/business-date');
    await platform.advance(1);
    const acts = await platform.office.auditor.pages<{ who: string; act: string; subject: string; details: unknown }>('/audit-records');
    const advances = acts.filter(({ act, subject }) => act === 'sandbox.clock-advanced' && subject === before);
    expect(advances).toMatchObject([{ who: 'operator', details: { days: 1 } }]);
  });

  it('lets nobody guess a password without end', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 6; guess += 1) {
      statuses.push(
        (await platform.officeApi.ask('POST', '/session', { body: { login: 'auditor', password: `a wrong password ${guess}` } })).status,
      );
    }
    expect(new Set(statuses)).toEqual(new Set([401]));
    const right = await platform.officeApi.ask<{ token?: string }>('POST', '/session', {
      body: { login: 'auditor', password: 'correct-horse-battery-staple' },
    });
    expect({ status: right.status, token: right.body.token }).toEqual({ status: 401, token: undefined });
  });
});

const EVERYBODY: readonly (keyof Operators)[] = OPERATORS.map(({ name }) => name);
