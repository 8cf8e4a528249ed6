import { outcomeOf, type Standing } from './decisions';

const standing = (over: Partial<Standing>): Standing => ({
  status: 'SUCCEEDED',
  code: 'OK',
  bankSerialNo: 'B1',
  bankTime: '2026-11-22T02:00:00.000Z',
  bankDate: '2026-11-22',
  data: null,
  ...over,
});

describe('the outcome of what stands under a number', () => {
  it('names a hold and a debit alike', () => {
    const heldAt = '2026-11-22T10:00:00.000+08:00';
    const hold = outcomeOf(standing({ data: { holdNo: 'H1', heldAt, heldSeq: 7 } }), 'holds/place', null);
    const debit = outcomeOf(standing({ data: { debitNo: 'H1', debitedAt: heldAt, seq: 7 } }), 'debits/place', null);
    expect(hold).toMatchObject({ kind: 'done', data: { holdNo: 'H1', heldAt, heldSeq: 7 }, bankTime: heldAt });
    expect(debit).toMatchObject({ kind: 'done', data: { holdNo: 'H1', heldAt, heldSeq: 7 } });
  });

  it.each([
    ['a hold without its number', standing({ data: { heldAt: '2026-11-22T10:00:00.000+08:00', heldSeq: 7 } })],
    ['data that is a list', standing({ data: [] })],
    ['a bank date that does not exist', standing({ bankDate: '2026-02-30' })],
    ['a time without an offset', standing({ bankTime: '2026-11-22 10:00' })],
    ['an empty serial', standing({ bankSerialNo: '' })],
  ])('%s is unknown, not done', (_, found) => {
    expect(outcomeOf(found, 'holds/place', null)).toMatchObject({ kind: 'unknown', alarm: true });
  });

  const BOOKING = ['holds/place', 'holds/release', 'debits/place', 'debits/refund', 'transfers/submit', null];
  const PARTS = ['bankSerialNo', 'bankTime', 'bankDate'] as const;
  it.each(BOOKING.flatMap((service) => PARTS.map((part) => [service, part] as const)))(
    'a success of %s without %s is unknown, and an alarm: nobody could book it',
    (service, part) => {
      const held = { holdNo: 'H1', debitNo: 'H1', heldAt: '2026-11-22T10:00:00.000+08:00', debitedAt: '2026-11-22T10:00:00.000+08:00' };
      const found = standing({ data: { ...held, heldSeq: 7, seq: 7 } });
      expect(outcomeOf(found, service, null)).toMatchObject({ kind: 'done' });
      expect(outcomeOf({ ...found, [part]: null }, service, null)).toMatchObject({ kind: 'unknown', alarm: true });
    },
  );

  it('a success that books nothing needs no serial', () => {
    expect(outcomeOf(standing({ bankSerialNo: null }), 'listings/register', null)).toMatchObject({ kind: 'done' });
  });

  it('tells of a transfer that came back, with its amount', () => {
    const returned = { amount: '10000.00', bankSerialNo: 'B9', bankDate: '2026-11-25' };
    expect(outcomeOf(standing({ returned }), 'transfers/submit', '2026-11-25T10:00:00.000+08:00')).toMatchObject({
      kind: 'done',
      serial: 'B1',
      returned: { amount: 1_000_000n, serial: 'B9', bankDate: '2026-11-25', bankTime: '2026-11-25T10:00:00.000+08:00' },
    });
  });
});
