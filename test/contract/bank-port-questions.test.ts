import type { BankPort } from '#bank/port';
import { Bug } from '#kernel/faults';
import { businessDate } from '#kernel/time';
import { BANKS, BankTeller, newNo, yuan } from '../support/bank-teller';
import type { BankUnderTest } from '../support/bank-under-test';
import { until } from '../support/until';

describe.each(BANKS)('what the $name is asked, and what it tells', ({ open }) => {
  let teller: BankTeller;
  let port: BankPort;

  beforeAll(async () => {
    teller = await BankTeller.open(open);
    port = teller.port;
  });
  afterAll(() => teller.bank.close());

  describe('what it is asked about', () => {
    it('tells how accounts stand', async () => {
      expect(await port.account({ customerNo: teller.investor.customerNo })).toMatchObject({
        accountNo: teller.investor.accountNo,
        status: 'ACTIVE',
      });
      expect(await port.account({ accountNo: teller.investor.accountNo })).toMatchObject({
        status: 'ACTIVE',
        boundCard: expect.stringContaining('*'),
      });
      expect(await port.account({ customerNo: 'nobody' })).toMatchObject({ accountNo: null, status: 'NONE' });
    });

    it("refuses with the bank's own code what it does not know", async () => {
      await expect(port.balance('no-such-account')).rejects.toMatchObject({
        code: 'BANK_DECLINED',
        details: { code: expect.stringContaining('NOT_FOUND') },
      });
    });

    it('leads to the page where a mandate is signed, and knows it afterwards', async () => {
      const mandate = {
        accountNo: teller.borrower.accountNo,
        kind: 'REPAY' as const,
        maxAmount: yuan(20_000n),
        until: businessDate('2027-12-31'),
      };
      expect((await port.mandates(teller.borrower.accountNo, 'REPAY')).filter(({ status }) => status === 'ACTIVE')).toEqual([]);
      await teller.bank.finishAt(await port.signMandate(mandate, 'https://lend.bank.example/back'));
      expect(await port.mandates(teller.borrower.accountNo, 'REPAY')).toEqual([
        { mandateNo: expect.any(String), status: 'ACTIVE', maxAmount: mandate.maxAmount, until: mandate.until },
      ]);
    });

    it('takes an application for credit, and tells the decision with the freeze of the line', async () => {
      await teller.bank.setCreditLimit(teller.borrower.customerNo, yuan(50_000n));
      const applicationNo = newNo();
      const applied = await teller.send({
        do: 'apply_financing',
        applicationNo,
        customerNo: teller.borrower.customerNo,
        kind: 'consumer',
        amount: yuan(10_000n),
        termMonths: 12,
        termDays: null,
        purpose: '装修',
        fields: {},
      });
      expect(['accepted', 'done']).toContain(applied.kind);
      const decision = () => teller.bank.notices.find(({ body }) => body.includes(applicationNo));
      await until('the decision is told', () => decision() !== undefined);
      expect(port.verifyNotice(decision()!)).toMatchObject({
        body: { applicationNo, freezeMoveNo: expect.any(String), amount: '10000.00' },
      });
    });
  });

  describe('a notice', () => {
    it('of the bank is verified as it came, and with any byte changed it is not', async () => {
      const listingNo = await teller.listing();
      const no = await teller.submit(listingNo, [teller.collect(await teller.held(listingNo))]);
      const ofBatch = (): BankUnderTest['notices'][number] | undefined => teller.bank.notices.find(({ body }) => body.includes(no));
      await until('the notice has come', () => ofBatch() !== undefined);
      const raw = ofBatch()!;
      expect(port.verifyNotice(raw)).toMatchObject({ kind: 'BATCH_DONE', body: { requestNo: no, bankDate: expect.any(String) } });
      const body = Buffer.from(raw.body);
      body[body.length - 2]! ^= 1;
      expect(port.verifyNotice({ ...raw, body })).toBeUndefined();
      expect(port.verifyNotice({ ...raw, path: '/elsewhere' })).toBeUndefined();
    });
  });

  describe('statements', () => {
    it('of a day are listed, downloaded, verified and confirmed', async () => {
      const done = await teller.send(teller.hold(await teller.listing()));
      const bankDate = done.kind === 'done' ? done.bankDate! : businessDate('1970-01-01');
      await teller.bank.nextDay();
      await until('the files are there', async () => (await port.statements(bankDate)).length >= 3);
      for (const file of await port.statements(bankDate)) {
        const chunks: Buffer[] = [];
        for await (const chunk of await port.download(file.name)) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        expect(bytes).toHaveLength(file.bytes);
        expect(port.verifyFile(bytes, file.signature)).toBe(true);
        expect(port.verifyFile(file.sha256, file.signature)).toBe(true);
        expect(port.verifyFile(Buffer.concat([bytes, Buffer.from('x')]), file.signature)).toBe(false);
        await port.confirm(file, 'CLEAN');
        await expect(port.confirm({ name: file.name, sha256: '0'.repeat(64) }, 'CLEAN')).rejects.toMatchObject({ code: 'BANK_DECLINED' });
      }
    });

    it('that are not there are refused', async () => {
      expect(await port.statements(businessDate('2099-01-01'))).toEqual([]);
      await expect(port.download('2099-01-01_P0001_TRANSACTIONS_1.txt')).rejects.toMatchObject({ code: 'BANK_DECLINED' });
    });
  });

  it('no call is made inside a transaction', async () => {
    await expect(teller.bank.insideTransaction(() => port.account({ customerNo: teller.investor.customerNo }))).rejects.toThrow(Bug);
    const encoded = port.encode(teller.hold('L1'));
    await expect(teller.bank.insideTransaction(() => port.send(newNo(), encoded))).rejects.toThrow(Bug);
    await expect(teller.bank.insideTransaction(() => port.query(newNo(), new Date()))).rejects.toThrow(Bug);
  });
});
