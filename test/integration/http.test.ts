import { Outage } from '#kernel/faults';
import { newId, publicId } from '#kernel/ids';
import type { HttpApp } from '#platform/http';
import { testDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { jarApi } from '../support/jars';
import { keptLog } from '../support/jobs';

describe('every api', () => {
  let db: TestDatabase;
  let api: HttpApp;
  let broken = false;
  const log = keptLog();

  beforeAll(async () => {
    db = await testDatabase();
    const owner = await db.open({ role: 'owner' });
    await owner.work.run((tx) => tx.execute('CREATE TABLE coin (id bigint GENERATED ALWAYS AS IDENTITY, fen bigint NOT NULL)'));
    api = await jarApi(db.work, log, () => (broken ? Promise.reject(new Outage('away')) : Promise.resolve()));
  });
  afterAll(async () => {
    await api.close();
    await db.close();
  });

  const jar = publicId('jar', newId());
  const call = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${api.url}${path}`, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) as Record<string, unknown> };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const put = (body: unknown, key: string, more: Record<string, string> = {}) =>
    post(`/jars/${jar}/coins`, body, { 'idempotency-key': key, ...more });
  const coins = async () => (await db.work.read((tx) => tx.query<{ n: number }>('SELECT count(*)::int AS n FROM coin')))[0]?.n;

  describe('says no with a problem', () => {
    it.each([
      ['GET', '/faults/refusal', 403, 'JAR_FORBIDDEN'],
      ['GET', '/faults/outage', 503, 'TEMPORARILY_UNAVAILABLE'],
      ['GET', '/faults/bug', 500, 'INTERNAL_ERROR'],
      ['GET', '/faults/unknown', 500, 'INTERNAL_ERROR'],
      ['GET', '/nowhere', 404, 'ROUTE_UNKNOWN'],
      ['DELETE', '/jars', 404, 'ROUTE_UNKNOWN'],
      ['GET', '/jars/ord_7zzzzzzzzzzzzzzzzzzzzzzzzz', 404, 'NOT_FOUND'],
      ['GET', '/jars/%00', 404, 'NOT_FOUND'],
      ['GET', '/jars/%ZZ', 404, 'ROUTE_UNKNOWN'],
      ['GET', `/jars/${'x'.repeat(300)}`, 404, 'ROUTE_UNKNOWN'],
    ])('%s %s: %i %s', async (method, path, status, code) => {
      const answer = await call(path, { method });
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer).toMatchObject({ status, body: { status, code, requestId: answer.headers.get('x-request-id') } });
      expect(answer.body).toMatchObject({
        messageZh: expect.stringMatching(/\p{Script=Han}/u),
        messageEn: expect.any(String),
        type: expect.stringContaining('urn:'),
      });
      expect(answer.text).not.toContain('secret');
    });

    it.each([
      ['malformed JSON', '{"amountFen": 1', 400, 'REQUEST_MALFORMED'],
      ['no JSON at all', '', 400, 'REQUEST_MALFORMED'],
      ['a prototype', '{"__proto__": {"admin": true}}', 400, 'REQUEST_MALFORMED'],
      ['a body of more than 100 kB', JSON.stringify({ note: 'x'.repeat(110_000) }), 413, 'REQUEST_TOO_LARGE'],
      ['a body that is nested too deeply', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 400, 'REQUEST_TOO_DEEP'],
      ['a list in place of an object', '[1]', 400, 'REQUEST_INVALID'],
    ])('%s', async (_, body, status, code) => {
      expect(await put(body, 'bad-body')).toMatchObject({ status, body: { code } });
    });

    it('another content type', async () => {
      const answer = await post(`/jars/${jar}/coins`, '<coin/>', { 'content-type': 'application/xml', 'idempotency-key': 'k' });
      expect(answer).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE_UNSUPPORTED' } });
    });

    it('a guard, and says when to come back', async () => {
      expect(await call('/jars', { headers: { 'x-stranger': 'yes' } })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      expect((await call('/faults/outage')).headers.get('retry-after')).toBe('2');
    });

    it('logs what is our fault with the request id, and nothing of what is not', async () => {
      log.lines.length = 0;
      const answer = await call('/faults/bug');
      await call('/faults/refusal');
      expect(log.lines).toMatchObject([{ level: 'error', facts: { requestId: answer.body['requestId'], route: '/faults/bug' } }]);
    });
  });

  describe('validates', () => {
    it.each([0, -1, 1.5, '100', null, 9_007_199_254_740_993, true, [1], undefined])(
      'an amount: %p is refused by name',
      async (amountFen) => {
        const before = await coins();
        const answer = await put({ amountFen, note: 'n' }, 'amounts');
        expect(answer).toMatchObject({
          status: 400,
          body: { code: 'REQUEST_INVALID', errors: [{ field: 'amountFen', messageZh: expect.stringContaining('正整数') }] },
        });
        expect(await coins()).toBe(before);
      },
    );

    it('unknown fields, wrong types, foreign ids and days that do not exist', async () => {
      const answer = await put({ amountFen: 1, note: 7, admin: true, orderId: publicId('loan', newId()), on: '2026-02-30' }, 'fields');
      const errors = answer.body['errors'] as { field: string; messageEn: string }[];
      expect(errors.map((error) => error.field).sort()).toEqual(['admin', 'note', 'on', 'orderId']);
      expect(errors.find((error) => error.field === 'admin')?.messageEn).toMatch(/leave it out/);
    });

    it('characters that no database keeps, by the name of their field', async () => {
      const errors = [{ field: 'note', messageEn: expect.stringContaining('cannot be kept') }];
      expect(await put('{"amountFen": 1, "note": "a\\u0000b"}', 'nul')).toMatchObject({ status: 400, body: { errors } });
      expect(await put('{"amountFen": 1, "note": "\\ud83d"}', 'half')).toMatchObject({ status: 400, body: { errors } });
      expect(await put('{"amountFen": 1, "note": "\\ud83d\\ude00"}', 'whole')).toMatchObject({ status: 201 });
    });

    it('a raw UUID is no public id, a public id arrives as its UUID', async () => {
      const id = newId();
      expect((await put({ amountFen: 1, note: 'n', orderId: id }, 'raw-id')).status).toBe(400);
      expect((await put({ amountFen: 1, note: 'n', orderId: publicId('ord', id) }, 'good-id')).body).toMatchObject({ orderId: id });
    });
  });

  describe('repeats an answer and never an effect', () => {
    it('gives the same bytes for the same key, also with the keys of the body in another order', async () => {
      const first = await put({ amountFen: 500, note: 'a' }, 'same');
      const before = await coins();
      const second = await put({ note: 'a', amountFen: 500 }, 'same');
      expect(first).toMatchObject({ status: 201, body: { amountFen: 500 } });
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(second).toMatchObject({ status: 201, text: first.text });
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(second.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await coins()).toBe(before);
    });

    it('refuses the key with another amount and on another path, and shows nothing of the first', async () => {
      await put({ amountFen: 700, note: 'a' }, 'reused');
      const amount = await put({ amountFen: 701, note: 'a' }, 'reused');
      const path = await post(`/jars/${publicId('jar', newId())}/coins`, { amountFen: 700, note: 'a' }, { 'idempotency-key': 'reused' });
      for (const answer of [amount, path]) {
        expect(answer).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
        expect(answer.text).not.toContain('coin"');
      }
    });

    it('has one effect for sixty-four at once', async () => {
      const before = (await coins())!;
      const answers = await Promise.all(Array.from({ length: 64 }, () => put({ amountFen: 900, note: 'rush' }, 'rush')));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null)).toHaveLength(1);
      expect(await coins()).toBe(before + 1);
    });

    it('does not use a key up for a refusal, an outage or a wrong body', async () => {
      expect(await put({ amountFen: 1, note: 'full' }, 'tried')).toMatchObject({
        status: 409,
        body: { code: 'JAR_FULL', details: { leftFen: 3 } },
      });
      expect(await put({ amountFen: 1, note: 'later' }, 'tried')).toMatchObject({ status: 503 });
      expect(await put({ amountFen: 0, note: 'n' }, 'tried')).toMatchObject({ status: 400 });
      expect(await put({ amountFen: 1, note: 'n' }, 'tried')).toMatchObject({ status: 201 });
    });

    it.each([
      ['missing', undefined, 'IDEMPOTENCY_KEY_MISSING'],
      ['empty', '', 'IDEMPOTENCY_KEY_INVALID'],
      ['of 256 characters', 'k'.repeat(256), 'IDEMPOTENCY_KEY_INVALID'],
      ['not ASCII', 'schl\u00fcssel', 'IDEMPOTENCY_KEY_INVALID'],
    ])('refuses a key that is %s', async (_, key, code) => {
      const answer = await post(`/jars/${jar}/coins`, { amountFen: 1, note: 'n' }, key === undefined ? {} : { 'idempotency-key': key });
      expect(answer).toMatchObject({ status: 400, body: { code } });
    });
  });

  it('keeps a sane request id, replaces any other, and carries it to whatever the request does', async () => {
    const known = await post('/faults/echo-request-id', { a: 1 }, { 'x-request-id': 'caller-0001' });
    expect(known.body).toEqual({ requestId: 'caller-0001', keys: 1 });
    expect(known.headers.get('x-request-id')).toBe('caller-0001');
    const made = await post('/faults/echo-request-id', {}, { 'x-request-id': 'no good: blanks' });
    expect(made.body['requestId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('pages by cursor, a hundred at most', async () => {
    const first = await call('/jars?limit=20');
    expect(first.body).toMatchObject({ items: { length: 20 }, next: expect.any(String) });
    const second = await call(`/jars?after=${String(first.body['next'])}`);
    expect(second.body).toMatchObject({ items: [{ name: 'jar 20' }, {}, {}, {}, { name: 'jar 24' }], next: null });
    for (const limit of ['0', '101', '-1', 'all', '1e1']) expect(await call(`/jars?limit=${limit}`)).toMatchObject({ status: 400 });
    expect(await call('/jars?after=nonsense')).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
  });

  it('answers whether it can work', async () => {
    const checks = (database: string) => ({ process: 'jars', checks: { database } });
    expect(await call('/health')).toMatchObject({ status: 200, body: { status: 'up', ...checks('up') } });
    broken = true;
    expect(await call('/health')).toMatchObject({ status: 503, body: { status: 'down', ...checks('down') } });
    broken = false;
    expect(await call('/health')).toMatchObject({ status: 200, body: { status: 'up' } });
  });

  it('sends safe headers', async () => {
    const { headers } = await call('/jars');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('describes itself as OpenAPI 3.1: problems, keys, security', async () => {
    const { body } = await call('/openapi.json');
    expect(body).toMatchObject({
      openapi: '3.1.0',
      security: [{ bearer: [] }, { session: [] }],
      components: { schemas: { Problem: { required: expect.arrayContaining(['code', 'requestId']) } } },
      paths: {
        '/health': { get: { security: [] } },
        '/jars/{jar}/coins': {
          post: {
            parameters: expect.arrayContaining([expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true })]),
            responses: { '4XX': { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } },
          },
        },
      },
    });
  });
});
