import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBankSandbox, createDirectBank } from '#bank/direct-adapter';
import type { DirectBank } from '#bank/direct-adapter';
import { newId, requestNoOf } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import { onOutcome } from '#registers/bank-order';
import { openAccounts } from '#registers/ledger';
import { compareWithBank, invariants } from '#watch/invariants';
import { connectReconciliation } from '#watch/reconciliation';
import { publishedCalendar } from '#kernel/time';
import { readBank } from '../../apps/command-line/bank-books';
import { startBankSimulator } from '../../apps/bank-simulator/simulator';
import type { RunningSimulator } from '../../apps/bank-simulator/simulator';
import { FIRST_DAY as first, PaperDays } from '../support/paper-days';
import { rsaKeys } from '../support/raw-bank';

let days: PaperDays;
let ear: Server;
let simulator: RunningSimulator;
let bank: DirectBank;
let holds: unknown[] = [];

onOutcome('HOLD', (_tx, decided) => {
  holds.push(...decided.orders.map((order) => order.data));
  return Promise.resolve();
});

beforeAll(async () => {
  days = await PaperDays.open();
  await days.begin(fen(100_000n));
  ear = createServer((_request, response) => response.end('{"received":true}'));
  ear.listen(0, '127.0.0.1');
  await once(ear, 'listening');
  const [bankKeys, ourKeys] = [rsaKeys(), rsaKeys()];
  simulator = await startBankSimulator({
    databaseUrl: days.db.bankUrl,
    port: 0,
    platformNo: 'P0001',
    privateKeyPem: bankKeys.privateKey,
    platformPublicKeyPem: ourKeys.publicKey,
    platformNoticeUrl: `http://127.0.0.1:${(ear.address() as AddressInfo).port}/bank/notices`,
    startDate: first,
    timestampToleranceSeconds: 30,
    settleWindowSeconds: 40,
    transferDelayMs: 20,
    requestsPerSecond: 1_000,
    oidc: { clientId: 'rongqiao', clientSecret: 'secret of the client', redirectUris: [] },
  });
  bank = await createDirectBank({
    url: simulator.url,
    platformNo: 'P0001',
    keySerial: 'K1',
    privateKeyPem: ourKeys.privateKey,
    bankPublicKeyPem: bankKeys.publicKey,
  });
  connectReconciliation({
    bank,
    platformNo: 'P0001',
    calendar: publishedCalendar,
    adjustmentLimit: fen(100_000n),
    temporaryFolder: '.data',
    lookAgain: { firstMs: 10, longestMs: 100 },
  });
});
afterAll(async () => {
  bank.disconnect();
  await simulator.stop();
  ear.close();
  await days.db.close();
});

async function control(path: string, body: object): Promise<Record<string, string>> {
  const answer = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const said = (await answer.json()) as Record<string, string>;
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(said)}`);
  return said;
}

/** The bank's day ends and the next one begins there, then ours: what it corrects after one day is right by then, so faults here last two. @returns what ours waits for */
async function endOfDay(date: BusinessDate): Promise<string | undefined> {
  await createBankSandbox({ url: simulator.url }).advance(1);
  return days.endOfDay(date);
}

/** A hold that the bank placed and whose answer was lost to us. */
async function aLostHold(customerNo: string, accountNo: string): Promise<Uuid> {
  const id = newId();
  const listing = {
    do: 'register_listing',
    listingNo: 'L1',
    amount: fen(100_000n),
    annualRatePpm: 60_000n,
    termDays: 30,
    borrowerAccountNo: accountNo,
    borrowerCustomerNo: customerNo,
    borrowerName: '张*',
    payeeAccountNos: [],
    guarantorAccountNo: null,
  } as const;
  await bank.send(requestNoOf(newId()), bank.encode(listing));
  const placed = await bank.send(
    requestNoOf(id),
    bank.encode({ do: 'place_hold', accountNo, listingNo: 'L1', orderNo: '1', amount: fen(700n) }),
  );
  expect(placed.kind).toBe('done');
  await days.db.work.run(async (tx) => {
    const [investor, disbursement] = await openAccounts(tx, [
      { kind: 'E', accountNo },
      { kind: 'D', accountNo: bank.capabilities.accounts.disbursement, listingNo: 'L1' },
    ]);
    await tx.execute(
      `INSERT INTO bank_order (id, request_no, kind, send_group, subject_id, amount_fen, debit_account_id, credit_account_id, state, created_on)
       VALUES ($1, $2, 'HOLD', $1, $1, 700, $3, $4, 'created', $5)`,
      [id, requestNoOf(id), investor, disbursement, first],
    );
  });
  return id;
}

const brokenInvariants = async (): Promise<string[]> => {
  const broken: string[] = [];
  for (const { id, check } of invariants) {
    const { differences } = await days.db.work.read((tx) => check(tx));
    broken.push(...differences.map(({ what }) => `${id} ${what}`));
  }
  return broken;
};

const compared = async (): Promise<readonly string[]> => {
  const { accounts, since } = await readBank(simulator.url, days.db.work);
  return (await days.db.work.read((tx) => compareWithBank(tx, accounts, since))).differences.map(({ what }) => what);
};

describe('days against the bank simulator', () => {
  it('end clean when customers used their accounts and a lost hold stands in the statement', async () => {
    holds = [];
    const customer = await control('/sandbox/customers', { name: '张三', balanceFen: 500_000 });
    await control('/sandbox/customers', { name: '李四', balanceFen: 1 });
    const id = await aLostHold(customer['customerNo']!, customer['accountNo']!);
    await control(`/sandbox/accounts/${customer['accountNo']}/movements`, { kind: 'OWN', amountFen: 1_250 });
    expect(await endOfDay(first)).toBeUndefined();
    expect(await days.breaks()).toEqual([]);
    expect(await days.standing(first)).toMatchObject({ reconciliation: 'clean', confirmedAs: 'CLEAN', settled: 1n, outside: 3n });
    expect(await days.rows('SELECT state, decided_by FROM bank_order WHERE id = $1', [id])).toEqual([
      { state: 'done', decided_by: 'statement' },
    ]);
    expect(holds).toEqual([{ holdNo: expect.stringMatching(/^H/), heldAt: expect.any(String), heldSeq: expect.any(String) }]);
    expect(await days.balanceOf(customer['accountNo']!)).toBe(498_750n);
    expect(await brokenInvariants()).toEqual([]);
    expect(await compared()).toEqual([]);
  });

  it('stay open with a line that the books of the bank contradict, and are clean with the corrected file of the day after', async () => {
    const [second, third] = [addDays(first, 1), addDays(first, 2)];
    await control('/sandbox/faults', {
      kind: 'statement_extra_line',
      statementType: 'TRANSACTIONS',
      bankDate: second,
      correctedAfterDays: 2,
    });
    expect(await endOfDay(second)).toBeUndefined();
    expect(await days.standing(second)).toMatchObject({ confirmedAs: 'OPEN', differenceAccounts: 0n });
    expect(await days.breaks()).toEqual([`${second} only_banks open 100 -`]);
    expect(await endOfDay(third)).toBeUndefined();
    expect(await days.standing(second)).toMatchObject({ confirmedAs: 'CLEAN' });
    expect(await days.standing(third)).toMatchObject({ confirmedAs: 'CLEAN' });
    expect(await brokenInvariants()).toEqual([]);
  });

  it.each(['statement_truncated', 'statement_wrong_total', 'statement_late'])(
    'wait for the right file after %s, while the business date goes on',
    async (kind) => {
      const [today] = await days.rows<{ date: BusinessDate }>('SELECT business_date AS date FROM business_clock');
      const date = today!.date;
      await control('/sandbox/faults', { kind, statementType: 'BALANCES', bankDate: date, days: 2, correctedAfterDays: 2 });
      expect(await endOfDay(date)).toEqual(expect.any(String));
      expect(await days.standing(addDays(date, 1))).toMatchObject({ businessDay: 'open' });
      expect(await endOfDay(addDays(date, 1))).toBeUndefined();
      expect(await days.standing(date)).toMatchObject({ businessDay: 'closed', confirmedAs: 'CLEAN' });
      expect(await days.standing(addDays(date, 1))).toMatchObject({ businessDay: 'closed', confirmedAs: 'CLEAN' });
      expect(await brokenInvariants()).toEqual([]);
    },
  );

  it('name one fen that is altered in the books of the bank', async () => {
    const [account] = await days.rows<{ account_no: string }>(
      `SELECT account_no FROM ledger_account WHERE kind = 'E' ORDER BY account_no LIMIT 1`,
    );
    await control('/sandbox/books/alter', { accountNo: account!.account_no, deltaFen: 1 });
    expect(await compared()).toEqual([expect.stringContaining(`account ${account!.account_no}: the books of the bank have`)]);
  });
});
