import { Outage } from '#kernel/faults';
import { fen } from '#kernel/money';
import { verifySigned } from '#bank/wire';
import { rsaKeys, type RawBank, type RawRequest } from '../support/raw-bank';
import { rawConnection } from '../support/raw-connection';
import { until } from '../support/until';

const raw = rawConnection();

const transfer = (): { service: string; body: string } =>
  raw.direct.encode({ do: 'transfer', kind: 'DISBURSE', listingNo: 'L1', from: 'D', to: 'E1', amount: fen(100n), ref: 'r' });
const onTransfer = (act: (request: RawRequest) => void): void => void raw.bank.on.set('transfers/submit', act);
const ended = { bankSerialNo: 'S1', bankTime: '2026-11-22T10:00:00.000+08:00', bankDate: '2026-11-22' };

describe('a request over the wire', () => {
  it('is signed with real time and sends the stored bytes as they are', async () => {
    onTransfer((request) => raw.bank.answer(request, { status: 'SUCCEEDED', code: 'OK', data: { system: 'BOOK' }, ...ended }));
    const encoded = transfer();
    const outcome = await raw.direct.send('R1', encoded);
    expect(outcome).toMatchObject({ kind: 'done', serial: 'S1', bankDate: '2026-11-22' });
    expect(outcome.exchange.answer).toContain('SUCCEEDED');
    const request = raw.bank.requests.at(-1)!;
    expect(request.body).toBe(encoded.body);
    const { path, body } = request;
    const expected = { direction: 'request' as const, method: 'POST', path, body, publicKeyPem: raw.bank.platformPublicKeyPem };
    expect(verifySigned(request.headers, expected).ok).toBe(true);
    expect(Math.abs(Date.parse(request.headers['x-timestamp']!) - Date.now())).toBeLessThan(60_000);
  });

  it('keeps one connection for calls that follow each other', async () => {
    onTransfer((request) => raw.bank.answer(request, { status: 'PROCESSING', code: 'OK' }));
    for (const no of ['R1', 'R2', 'R3']) expect(await raw.direct.send(no, transfer())).toMatchObject({ kind: 'accepted' });
    expect(new Set(raw.bank.requests.slice(1).map(({ socket }) => socket)).size).toBe(1);
  });
});

describe('the opening of an account', () => {
  it('hands on every factor that was given, the kind of the card where there is one', async () => {
    const page = { url: 'https://bank.example/pages/opening/1' };
    raw.bank.on.set('accounts/opening', (request) => raw.bank.answer(request, { status: 'SUCCEEDED', code: 'OK', data: page, ...ended }));
    const factors = { name: '张三', idNumber: '11010519491231002X', cardNo: '6222020000000000000', mobile: '13800001234' };
    for (const given of [factors, { ...factors, cardType: 'I' }]) {
      expect(await raw.direct.openingUrl({ customerNo: 'C1', ...given }, 'https://lend.bank.example/me')).toBe(page.url);
      expect((JSON.parse(raw.bank.requests.at(-1)!.body) as { factors: object }).factors).toEqual(given);
    }
  });
});

describe('what the network does to a request', () => {
  it.each<[string, (request: RawRequest) => void]>([
    ['reset after the request', ({ socket }) => void socket.resetAndDestroy()],
    ['closed after the request', ({ socket }) => void socket.destroy()],
    ['half an answer', (request) => void request.socket.end(raw.bank.signed(request, '{"status":"FAILED"}').subarray(0, -5))],
    ['half of the headers', ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nx-sign')],
    ['no answer in time', () => undefined],
    ['headers, and then silence', (request) => void request.socket.write(raw.bank.signed(request, '{"status":"FAILED"}').subarray(0, -5))],
    ['not HTTP at all', ({ socket }) => void socket.end('220 smtp ready\r\n')],
    ['an answer without a signature', ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')],
    ['a signed 500', (request) => raw.bank.answer(request, { status: 'FAILED', code: 'SYSTEM_BUSY' }, { httpStatus: 500 })],
    ['an unsigned 400 of something in between', ({ socket }) => void socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')],
  ])('%s: unknown, never refused', async (_, act) => {
    onTransfer(act);
    expect(await raw.direct.send('R1', transfer())).toMatchObject({ kind: 'unknown' });
    expect(raw.bank.requests.at(-1)!.path).toBe('/open/v1/transfers/submit');
    expect(raw.alarms).toEqual([]);
  });

  it('a refused connection was not sent', async () => {
    await raw.bank.close();
    // The first one may still write into the kept connection before it hears that it is gone: nobody can tell what became of that.
    await raw.direct.send('R1', transfer());
    expect(await raw.direct.send('R1', transfer())).toMatchObject({ kind: 'undecided', why: expect.stringContaining('ECONNREFUSED') });
  });

  it('a name that does not resolve was not sent', async () => {
    await expect(raw.connect({ url: 'http://bank.invalid' })).rejects.toThrow(Outage);
  });
});

describe('who answered', () => {
  const stranger = rsaKeys();
  it.each<[string, Parameters<RawBank['answer']>[2]]>([
    ['signed by a stranger', { privateKeyPem: stranger.privateKey }],
    ['to another request', { requestNo: 'R2' }],
    ['to another platform', { platformNo: 'P0002' }],
  ])('%s: unknown, with an alarm', async (_, parts) => {
    onTransfer((request) => raw.bank.answer(request, { status: 'FAILED', code: 'ACCOUNT_CLOSED', ...ended }, parts));
    expect(await raw.direct.send('R1', transfer())).toMatchObject({ kind: 'unknown', alarm: true });
    expect(raw.alarms).toHaveLength(1);
  });

  it('another body under the number: unknown, with an alarm', async () => {
    onTransfer((request) => raw.bank.answer(request, { status: 'FAILED', code: 'REQUEST_CONFLICT' }, { httpStatus: 409 }));
    expect(await raw.direct.send('R1', transfer())).toMatchObject({ kind: 'unknown', alarm: true });
    expect(raw.alarms).toMatchObject([{ requestNo: 'R1', service: 'transfers/submit' }]);
  });
});

describe('a number that the bank does not know', () => {
  const givenUpAt = new Date('2026-11-22T02:00:00.000Z');
  const notFound = (request: RawRequest): void => raw.bank.answer(request, { status: 'FAILED', code: 'NOT_FOUND' });

  it.each([
    [0, 'unknown'],
    [2_999, 'unknown'],
    [3_000, 'unknown'],
    [3_001, 'missing'],
  ])('pitfall 26: asked %d ms after the last try was given up, it is %s', async (ms, kind) => {
    raw.bank.on.set('requests/query', notFound);
    raw.bank.on.set('batches/query', notFound);
    raw.now = new Date(givenUpAt.getTime() + ms);
    expect(await raw.direct.query('R1', givenUpAt)).toMatchObject({ kind });
    expect((await raw.direct.queryBatch('R1', givenUpAt)).batch).toMatchObject({ kind });
  });

  it('pitfall 26: what counts is when the question was asked, not when it was answered', async () => {
    raw.now = new Date(givenUpAt.getTime() + 2_900);
    raw.bank.on.set('requests/query', (request) => {
      raw.now = new Date(givenUpAt.getTime() + 3_200);
      notFound(request);
    });
    expect(await raw.direct.query('R1', givenUpAt)).toMatchObject({ kind: 'unknown' });
  });

  it('a question that is not answered says nothing about the order', async () => {
    raw.bank.on.set('requests/query', ({ socket }) => void socket.destroy());
    expect(await raw.direct.query('R1', givenUpAt)).toMatchObject({ kind: 'undecided' });
    raw.bank.on.set('requests/query', (request) => raw.bank.answer(request, { status: 'FAILED', code: 'SYSTEM_BUSY' }));
    expect(await raw.direct.query('R1', givenUpAt)).toMatchObject({ kind: 'undecided', pause: true });
  });

  it('an answer about another number is not believed', async () => {
    const data = {
      requestNo: 'R9',
      service: 'transfers/submit',
      status: 'FAILED',
      code: 'ACCOUNT_CLOSED',
      message: '',
      ...ended,
      data: null,
    };
    raw.bank.on.set('requests/query', (request) => raw.bank.answer(request, { status: 'SUCCEEDED', code: 'OK', data }));
    expect(await raw.direct.query('R1', givenUpAt)).toMatchObject({ kind: 'undecided', alarm: true });
  });
});

describe('the pages of a batch', () => {
  const item = (no: number, status = 'SUCCEEDED'): object => ({
    itemNo: `I${no}`,
    status,
    code: status === 'FAILED' ? 'ACCOUNT_CLOSED' : null,
    ...ended,
  });
  const pages = (...of: { status: string; items: object[] }[]): void => {
    raw.bank.on.set('batches/query', (request) => {
      const { after } = JSON.parse(request.body) as { after?: string };
      const at = after === undefined ? 0 : Number(after);
      const data = { requestNo: 'R1', code: null, ...of[at], next: at + 1 < of.length ? String(at + 1) : null };
      raw.bank.answer(request, { status: 'SUCCEEDED', code: 'OK', data });
    });
  };

  it('are read to the end', async () => {
    pages({ status: 'DONE', items: [item(1), item(2, 'FAILED')] }, { status: 'DONE', items: [item(3)] });
    const { batch, items } = await raw.direct.queryBatch('R1', new Date());
    expect(batch.kind).toBe('done');
    expect(items.map(({ itemNo, kind }) => [itemNo, kind])).toEqual([
      ['I1', 'done'],
      ['I2', 'refused'],
      ['I3', 'done'],
    ]);
  });

  it('of a batch that went on between two pages are not its end', async () => {
    pages({ status: 'RUNNING', items: [{ ...item(1, 'WAITING'), bankSerialNo: null }] }, { status: 'DONE', items: [item(2)] });
    const { batch, items } = await raw.direct.queryBatch('R1', new Date());
    expect(batch.kind).toBe('accepted');
    expect(items.map(({ kind }) => kind)).toEqual(['waiting', 'done']);
  });

  it('a rejected batch ran nothing', async () => {
    const data = { requestNo: 'R1', status: 'REJECTED', code: 'BATCH_TOTAL_MISMATCH', items: [], next: null };
    raw.bank.on.set('batches/query', (request) => raw.bank.answer(request, { status: 'SUCCEEDED', code: 'OK', data }));
    expect((await raw.direct.queryBatch('R1', new Date())).batch).toEqual({ kind: 'refused', code: 'BATCH_TOTAL_MISMATCH' });
  });

  it('an item decided with an unknown code goes on waiting', async () => {
    pages({ status: 'DONE', items: [{ ...item(1, 'FAILED'), code: 'MOON_PHASE' }] });
    const { batch, items } = await raw.direct.queryBatch('R1', new Date());
    expect([batch.kind, items[0]!.kind]).toEqual(['accepted', 'waiting']);
  });
});

describe('when nothing should be sent', () => {
  it('leaves a bank alone that is away, and tries it again after a while', async () => {
    onTransfer(({ socket }) => void socket.destroy());
    for (const no of ['R1', 'R2', 'R3']) await raw.direct.send(no, transfer());
    expect(raw.direct.held()).toMatch(/^open/);
    const before = raw.bank.requests.length;
    expect(await raw.direct.send('R4', transfer())).toMatchObject({ kind: 'undecided', pause: true });
    expect(raw.bank.requests).toHaveLength(before);
    onTransfer((request) => raw.bank.answer(request, { status: 'PROCESSING', code: 'OK' }));
    await until('the bank is asked again', async () => (await raw.direct.send('R4', transfer())).kind === 'accepted');
    expect(raw.direct.held()).toBeUndefined();
  });

  it('refusals, busy answers and conflicts never open the circuit', async () => {
    for (const code of ['ACCOUNT_CLOSED', 'SYSTEM_BUSY', 'STALE_TIMESTAMP', 'REQUEST_CONFLICT']) {
      onTransfer((request) => raw.bank.answer(request, { status: 'FAILED', code, ...ended }));
      for (let no = 0; no < 4; no += 1) await raw.direct.send(`R${no}`, transfer());
    }
    expect(raw.direct.held()).toBeUndefined();
  });

  it('stops the channel when the bank refuses what we write, and calls somebody', async () => {
    onTransfer((request) => raw.bank.answer(request, { status: 'FAILED', code: 'BAD_SIGNATURE' }, { httpStatus: 401 }));
    expect(await raw.direct.send('R1', transfer())).toMatchObject({ kind: 'undecided', pause: true, alarm: true });
    expect(raw.direct.held()).toMatch(/^stopped/);
    expect(raw.alarms).toMatchObject([{ requestNo: 'R1' }]);
    const before = raw.bank.requests.length;
    expect(await raw.direct.send('R2', transfer())).toMatchObject({ kind: 'undecided', pause: true });
    await expect(raw.direct.account({ customerNo: 'C1' })).rejects.toThrow(Outage);
    expect(raw.bank.requests).toHaveLength(before);
    onTransfer((request) => raw.bank.answer(request, { status: 'PROCESSING', code: 'OK' }));
    await until('the channel is free again', async () => (await raw.direct.send('R2', transfer())).kind === 'accepted');
  });

  it("keeps to its part of the bank's rate, of which others have the rest", async () => {
    const part = await raw.connect({ rateShare: 0.001 });
    onTransfer((request) => raw.bank.answer(request, { status: 'PROCESSING', code: 'OK' }));
    const before = performance.now();
    await Promise.all(['R1', 'R2', 'R3', 'R4', 'R5'].map((no) => part.send(no, transfer())));
    // A thousandth of 10,000 a second are ten: the first may go at once, four wait for a tenth of a second each.
    expect(performance.now() - before).toBeGreaterThan(390);
  });

  it('sends nothing after it was disconnected', async () => {
    raw.direct.disconnect();
    const before = raw.bank.requests.length;
    expect(await raw.direct.send('R1', transfer())).toMatchObject({ kind: 'undecided' });
    expect(raw.bank.requests).toHaveLength(before);
  });
});
