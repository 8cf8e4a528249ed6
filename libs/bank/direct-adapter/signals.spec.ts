import { outcomeOfTry, isOurFault, isOutage, type Signal } from './signals';

const decided = { bankSerialNo: 'B1', bankTime: '2026-11-22T10:00:00.000+08:00', bankDate: '2026-11-22' };
const nothing = { bankSerialNo: null, bankTime: null, bankDate: null };
const answered = (httpStatus: number, body: Record<string, unknown> | string): Signal => ({
  heard: 'answer',
  httpStatus,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify({ requestNo: 'R1', message: '', data: null, ...nothing, ...body })),
});
const failed = (code: string): Record<string, unknown> => ({ status: 'FAILED', code });

/** The table of `docs/decisions/0010-bank-adapter.md`, in its order: a signal, what it means, and whether it stops the channel or counts as an outage. */
const TABLE: readonly { says: string; signal: Signal; kind: string; marks?: readonly string[]; stops?: true; outage?: true }[] = [
  {
    says: 'refused connection, DNS, TLS, not fully written',
    signal: { heard: 'not_sent', why: 'ECONNREFUSED' },
    kind: 'undecided',
    outage: true,
  },
  { says: 'held back by us', signal: { heard: 'not_sent', why: 'open', pause: true }, kind: 'undecided', marks: ['pause'] },
  { says: 'timeout after the first byte, reset', signal: { heard: 'nothing', why: 'ECONNRESET' }, kind: 'unknown', outage: true },
  { says: 'unsigned answer', signal: { heard: 'noise', why: 'HEADER_MISSING' }, kind: 'unknown', outage: true },
  {
    says: 'forged answer',
    signal: { heard: 'noise', why: 'SIGNATURE_WRONG', alarm: true },
    kind: 'unknown',
    marks: ['alarm'],
    outage: true,
  },
  { says: '5xx', signal: answered(500, 'oops'), kind: 'unknown', outage: true },
  {
    says: '5xx with words of an end',
    signal: answered(503, { status: 'SUCCEEDED', code: 'OK', ...decided }),
    kind: 'unknown',
    outage: true,
  },
  { says: '409', signal: answered(409, failed('REQUEST_CONFLICT')), kind: 'unknown', marks: ['alarm'] },
  { says: 'REQUEST_CONFLICT under 200', signal: answered(200, failed('REQUEST_CONFLICT')), kind: 'unknown', marks: ['alarm'] },
  { says: '400', signal: answered(400, failed('MALFORMED')), kind: 'undecided', marks: ['alarm', 'pause'], stops: true },
  { says: '401', signal: answered(401, failed('BAD_SIGNATURE')), kind: 'undecided', marks: ['alarm', 'pause'], stops: true },
  {
    says: 'BAD_SIGNATURE under 200',
    signal: answered(200, failed('BAD_SIGNATURE')),
    kind: 'undecided',
    marks: ['alarm', 'pause'],
    stops: true,
  },
  { says: '429', signal: answered(429, failed('SYSTEM_BUSY')), kind: 'undecided', marks: ['pause'] },
  { says: '429 that nobody can read', signal: answered(429, 'slow down'), kind: 'undecided', marks: ['pause'] },
  { says: 'SYSTEM_BUSY', signal: answered(200, failed('SYSTEM_BUSY')), kind: 'undecided', marks: ['pause'] },
  { says: 'STALE_TIMESTAMP', signal: answered(200, failed('STALE_TIMESTAMP')), kind: 'undecided', marks: ['pause'] },
  { says: 'another HTTP status', signal: answered(302, { status: 'SUCCEEDED', code: 'OK', ...decided }), kind: 'unknown' },
  { says: 'unreadable', signal: answered(200, '{"status":'), kind: 'unknown', marks: ['alarm'] },
  { says: 'ACCEPTED', signal: answered(200, { status: 'ACCEPTED', code: 'OK' }), kind: 'accepted' },
  { says: 'PROCESSING', signal: answered(200, { status: 'PROCESSING', code: 'OK' }), kind: 'accepted' },
  { says: 'CLOSED', signal: answered(200, { status: 'CLOSED', code: 'OK' }), kind: 'closed' },
  { says: 'REQUEST_CLOSED', signal: answered(200, failed('REQUEST_CLOSED')), kind: 'closed' },
  { says: 'FAILED', signal: answered(200, { ...failed('INSUFFICIENT_FUNDS'), ...decided }), kind: 'refused' },
  { says: 'FAILED with an unknown code', signal: answered(200, failed('MOON_PHASE')), kind: 'unknown', marks: ['alarm'] },
  { says: 'NOT_FOUND, which answers no order', signal: answered(200, failed('NOT_FOUND')), kind: 'unknown', marks: ['alarm'] },
  { says: 'an unknown status', signal: answered(200, { status: 'MAYBE', code: 'OK' }), kind: 'unknown', marks: ['alarm'] },
  { says: 'SUCCEEDED', signal: answered(200, { status: 'SUCCEEDED', code: 'OK', ...decided }), kind: 'done' },
];

describe('what a signal means', () => {
  it.each(TABLE)('$says: $kind', ({ signal, kind, marks = [], stops, outage }) => {
    const outcome = outcomeOfTry(signal, 'transfers/submit');
    expect(outcome.kind).toBe(kind);
    expect(['alarm', 'pause'].filter((mark) => (outcome as unknown as Record<string, unknown>)[mark] === true)).toEqual(marks);
    expect(isOurFault(signal)).toBe(stops === true);
    expect(isOutage(signal)).toBe(outage === true);
  });

  it('pitfall 27: the refusal of one try is never the refusal of the order', () => {
    for (const code of ['SYSTEM_BUSY', 'STALE_TIMESTAMP', 'BAD_SIGNATURE', 'MALFORMED']) {
      for (const status of [200, 400, 401, 429]) expect(outcomeOfTry(answered(status, failed(code)), 'holds/place').kind).toBe('undecided');
    }
  });

  it('a timeout is not a failure: nothing that was not signed ends an order', () => {
    const unsigned: Signal[] = [
      { heard: 'nothing', why: 'no answer in time' },
      { heard: 'noise', why: 'HTTP 400 without a signature' },
    ];
    for (const signal of unsigned) expect(outcomeOfTry(signal, 'holds/place').kind).toBe('unknown');
  });

  it('carries serial, bank date and time of what was decided', () => {
    expect(outcomeOfTry(answered(200, { ...failed('ACCOUNT_CLOSED'), ...decided }), 'transfers/submit')).toEqual({
      kind: 'refused',
      code: 'ACCOUNT_CLOSED',
      serial: 'B1',
      bankDate: '2026-11-22',
      bankTime: '2026-11-22T10:00:00.000+08:00',
    });
  });
});
