import { Outage } from '#kernel/faults';
import { capabilitiesShape, checkSettleWindow, clockAheadSeconds } from './capabilities';

const facts = { processingLimitSeconds: 0.5, clockAheadSeconds: 0 };

describe('the rule of the settle window', () => {
  it.each([
    [2, 3, 0.5, 0, true],
    [300, 360, 59, 0, true],
    [300, 360, 60, 0, false],
    [2, 2.5, 0.5, 0, false],
    [2, 2, 0.5, 0, false],
    [2, 3, 0.5, 0.6, false],
  ])('tolerance %d s, window %d s, processing %d s, clock ahead %d s: %s', (tolerance, window, processing, ahead, allowed) => {
    const check = (): void =>
      checkSettleWindow(
        { timestampToleranceSeconds: tolerance, settleWindowSeconds: window },
        { processingLimitSeconds: processing, clockAheadSeconds: ahead },
      );
    if (allowed) expect(check).not.toThrow();
    else expect(check).toThrow(Outage);
  });

  it('says what is wrong in a sentence', () => {
    expect(() => checkSettleWindow({ timestampToleranceSeconds: 300, settleWindowSeconds: 300 }, facts)).toThrow(
      /settle window of 300 s is not longer/,
    );
  });

  it('knows our clock to be ahead only when the bank answered before we asked', () => {
    const asked = new Date('2026-11-22T10:00:01.000Z');
    expect(clockAheadSeconds(asked, '2026-11-22T18:00:00.250+08:00')).toBe(0.75);
    expect(clockAheadSeconds(asked, '2026-11-22T18:00:09.000+08:00')).toBe(0);
  });
});

it('capabilities are told in the words of the platform', () => {
  const accounts = { disbursement: 'D', repayment: 'R', advance: 'B', suspense: 'S', fee: 'F', marketing: 'M' };
  const told = {
    holdModes: ['hold', 'debit'],
    factors: 5,
    batchLimit: 10_000,
    partialRelease: true,
    dayCut: '23:00',
    requestsPerSecond: 50,
    accounts,
  };
  const read = capabilitiesShape.parse({ ...told, timestampToleranceSeconds: 2, settleWindowSeconds: 3 });
  expect(read.holdModes).toEqual(['freeze', 'debit']);
  expect(read.factors).toEqual(['name', 'idNumber', 'cardNo', 'mobile', 'cardType']);
});
