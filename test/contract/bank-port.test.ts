import type { BankPort, EncodedInstruction } from '#bank/port';
import { isBusinessDate } from '#kernel/time';
import { BANKS, BankTeller, LONG_AGO, newNo, yuan } from '../support/bank-teller';
import { until } from '../support/until';

describe.each(BANKS)('what is ordered of the $name', ({ open }) => {
  let teller: BankTeller;
  let port: BankPort;

  beforeAll(async () => {
    teller = await BankTeller.open(open);
    port = teller.port;
  });
  afterAll(() => teller.bank.close());

  describe('what it is able to do', () => {
    it('keeps the rule of the settle window and names the accounts', () => {
      const { capabilities } = port;
      expect(capabilities.settleWindowSeconds).toBeGreaterThan(capabilities.timestampToleranceSeconds);
      expect(capabilities.holdModes).toContain('freeze');
      expect(new Set(Object.values(capabilities.accounts)).size).toBe(6);
    });
  });

  describe('an order', () => {
    it('that is done says where and when, and is done once however often it is sent', async () => {
      const instruction = teller.hold(await teller.listing());
      const encoded = port.encode(instruction);
      const no = newNo();
      const before = await port.balance(teller.investor.accountNo);
      const outcomes = [];
      for (let time = 0; time < 3; time += 1) outcomes.push(await port.send(no, encoded));
      const [first, ...others] = outcomes.map(({ exchange: _, ...outcome }) => outcome);
      expect(first).toMatchObject({
        kind: 'done',
        serial: expect.any(String),
        bankTime: expect.any(String),
        data: { holdNo: expect.any(String), heldSeq: expect.any(Number) },
      });
      expect(first?.kind === 'done' && isBusinessDate(first.bankDate)).toBe(true);
      expect(others).toEqual([first, first]);
      const after = await port.balance(teller.investor.accountNo);
      expect(after.held - before.held).toBe(yuan(100n));
      expect(after.total).toBe(before.total);
    });

    it('that the bank refuses is refused for ever, by answer and by query', async () => {
      const no = newNo();
      const encoded = port.encode(teller.hold(await teller.listing(), yuan(1_000_000n)));
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
      expect(await port.query(no, new Date())).toMatchObject({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    });

    it('with another body under its number is unknown and an alarm, and the first one stands', async () => {
      const listingNo = await teller.listing();
      const no = newNo();
      const first = await port.send(no, port.encode(teller.hold(listingNo)));
      expect(await port.send(no, port.encode(teller.hold(listingNo)))).toMatchObject({ kind: 'unknown', alarm: true });
      expect(await port.query(no, new Date())).toMatchObject({ kind: 'done', serial: first.kind === 'done' ? first.serial : '' });
    });

    it('can be released in parts, and never by more than remains', async () => {
      const listingNo = await teller.listing();
      const holdNo = await teller.held(listingNo);
      const release = (amount: bigint) => teller.giveBack('RELEASE', listingNo, holdNo, yuan(amount));
      expect(await release(40n)).toMatchObject({ kind: 'done' });
      expect(await release(61n)).toMatchObject({ kind: 'refused', code: 'HOLD_ALREADY_USED' });
      expect(await release(60n)).toMatchObject({ kind: 'done' });
    });

    it('of a listing that has failed is refused, and a listing fails only when nothing is left on it', async () => {
      const listingNo = await teller.listing();
      const holdNo = await teller.held(listingNo);
      const fail = (): ReturnType<BankPort['send']> => teller.send({ do: 'update_listing', listingNo, status: 'FAILED' });
      expect(await fail()).toMatchObject({ kind: 'refused', code: 'LISTING_STATE' });
      expect(await teller.giveBack('RELEASE', listingNo, holdNo, yuan(100n))).toMatchObject({ kind: 'done' });
      expect(await fail()).toMatchObject({ kind: 'done' });
      expect(await teller.send(teller.hold(listingNo))).toMatchObject({ kind: 'refused', code: 'LISTING_STATE' });
    });

    it('of the other hold mode is named alike and can be refunded', async () => {
      if (!port.capabilities.holdModes.includes('debit')) return;
      const listingNo = await teller.listing();
      const placed = await teller.send({
        do: 'place_debit',
        accountNo: teller.investor.accountNo,
        listingNo,
        orderNo: newNo(),
        amount: yuan(5n),
      });
      expect(placed).toMatchObject({
        kind: 'done',
        data: { holdNo: expect.any(String), heldAt: expect.any(String), heldSeq: expect.any(Number) },
      });
      const debitNo = placed.kind === 'done' ? String(placed.data['holdNo']) : '';
      expect(await teller.giveBack('REFUND', listingNo, debitNo, yuan(5n))).toMatchObject({ kind: 'done' });
    });
  });

  describe('a try that went wrong', () => {
    let no: string;
    let encoded: EncodedInstruction;
    beforeEach(async () => {
      no = newNo();
      encoded = port.encode(teller.hold(await teller.listing()));
    });

    it('pitfall 23: a lost answer is unknown, and the query finds the one hold', async () => {
      await teller.bank.strike('lost_answer', no);
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'unknown' });
      const found = await port.query(no, new Date());
      expect(found).toMatchObject({ kind: 'done', data: { holdNo: expect.any(String) } });
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'done', serial: found.kind === 'done' ? found.serial : '' });
    });

    it('pitfall 26: a lost request is unknown until the window has passed, then missing, then done under the same number', async () => {
      await teller.bank.strike('lost_request', no);
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'unknown' });
      expect(await port.query(no, new Date())).toMatchObject({ kind: 'unknown' });
      expect(await port.query(no, LONG_AGO)).toMatchObject({ kind: 'missing' });
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'done' });
    });

    it('an HTTP 500 is unknown although the bank has acted', async () => {
      await teller.bank.strike('stumbled', no);
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'unknown' });
      expect(await port.query(no, new Date())).toMatchObject({ kind: 'done' });
    });

    it('pitfall 27: a busy bank has decided nothing, neither now nor about an earlier try', async () => {
      await teller.bank.strike('busy', no);
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'undecided' });
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'done' });
      const other = newNo();
      await teller.bank.strike('lost_answer', other);
      expect(await port.send(other, encoded)).toMatchObject({ kind: 'unknown' });
      await teller.bank.strike('busy', other);
      expect(await port.send(other, encoded)).toMatchObject({ kind: 'undecided' });
      expect(await port.query(other, new Date())).toMatchObject({ kind: 'done' });
    });
  });

  describe('a number that is not wanted any more', () => {
    it('is closed, and what comes late under it does nothing', async () => {
      const no = newNo();
      const encoded = port.encode(teller.hold(await teller.listing()));
      const before = await port.balance(teller.investor.accountNo);
      expect(await port.close(no)).toMatchObject({ kind: 'closed' });
      expect(await port.send(no, encoded)).toMatchObject({ kind: 'closed' });
      expect(await port.query(no, LONG_AGO)).toMatchObject({ kind: 'closed' });
      expect(await port.balance(teller.investor.accountNo)).toEqual(before);
    });

    it('tells what had been decided under it', async () => {
      const no = newNo();
      await port.send(no, port.encode(teller.hold(await teller.listing())));
      expect(await port.close(no)).toMatchObject({ kind: 'done', data: { holdNo: expect.any(String) } });
    });
  });

  describe('a batch', () => {
    it('is accepted, runs, and is decided item by item', async () => {
      const listingNo = await teller.listing();
      const items = [
        teller.collect(await teller.held(listingNo)),
        teller.collect(await teller.held(listingNo)),
        teller.collect('no-such-hold'),
      ];
      const no = newNo();
      expect(await teller.send({ do: 'submit_batch', kind: 'COLLECT', listingNo, items }, no)).toMatchObject({ kind: 'accepted' });
      await teller.ran(no);
      const { items: decided } = await port.queryBatch(no, new Date());
      const kinds = new Map(decided.map((item) => [item.itemNo, item.kind]));
      expect(items.map(({ itemNo }) => kinds.get(itemNo))).toEqual(['done', 'done', 'refused']);
      const done = decided.find((item) => item.kind === 'done');
      expect(done).toMatchObject({ serial: expect.any(String), bankDate: expect.any(String), bankTime: expect.any(String) });
      expect((await port.balance(port.capabilities.accounts.disbursement, listingNo)).total).toBe(yuan(200n));
    });

    it('pitfall 28: with an item that was used before is rejected as a whole, and nothing ran', async () => {
      const listingNo = await teller.listing();
      const item = teller.collect(await teller.held(listingNo));
      await teller.ran(await teller.submit(listingNo, [item]));
      const again = await teller.submit(listingNo, [item, teller.collect(await teller.held(listingNo))]);
      await until('the batch is rejected', async () => (await port.queryBatch(again, new Date())).batch.kind === 'refused');
      expect(await port.query(again, new Date())).toMatchObject({ kind: 'refused', code: 'BATCH_DUPLICATE_ITEM' });
      expect((await port.balance(port.capabilities.accounts.disbursement, listingNo)).total).toBe(yuan(100n));
    });

    it('that never arrived is unknown inside of the window and missing after it', async () => {
      expect((await port.queryBatch(newNo(), new Date())).batch).toMatchObject({ kind: 'unknown' });
      expect((await port.queryBatch(newNo(), LONG_AGO)).batch).toMatchObject({ kind: 'missing' });
    });
  });

  describe('a transfer', () => {
    it('takes the amount or fails, never a part', async () => {
      const listingNo = await teller.collected(100n);
      expect(await teller.send(teller.disburse(listingNo))).toMatchObject({ kind: 'done', serial: expect.any(String) });
      expect(await teller.send(teller.disburse(listingNo, yuan(51n)))).toMatchObject({
        kind: 'refused',
        code: 'INSUFFICIENT_FUNDS',
      });
    });

    it('to a party that the listing was not registered with is refused', async () => {
      const listingNo = await teller.collected(100n);
      const outcome = await teller.send(teller.disburse(listingNo, yuan(50n), teller.investor.accountNo));
      expect(outcome).toMatchObject({ kind: 'refused', code: 'PARTY_NOT_ALLOWED' });
    });

    it('that would hold money of a closed account is refused', async () => {
      const closing = await teller.bank.customer(yuan(0n));
      await teller.bank.closeAccount(closing.accountNo);
      expect(await teller.send(teller.hold(await teller.listing(), yuan(1n), closing.accountNo))).toMatchObject({
        kind: 'refused',
        code: 'ACCOUNT_CLOSED',
      });
    });

    it('pitfall 31: that came back after it was done tells so, with its amount', async () => {
      const listingNo = await teller.collected(100n);
      const no = newNo();
      await teller.bank.returnTransfer(no);
      expect(await teller.send(teller.disburse(listingNo), no)).toMatchObject({ kind: 'done' });
      await teller.bank.nextDay();
      await until('it came back', async () => {
        const outcome = await port.query(no, new Date());
        return outcome.kind === 'done' && outcome.returned?.amount === yuan(50n) && isBusinessDate(outcome.returned.bankDate);
      });
    });
  });
});
