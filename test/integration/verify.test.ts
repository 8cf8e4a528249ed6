import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { withClient } from '#platform/database';
import { reconcileCommand } from '../../apps/command-line/reconcile';
import { verifyCommand } from '../../apps/command-line/verify';
import { PaperDays } from '../support/paper-days';

let days: PaperDays;
let books: Server;
let altered = 0n;

interface Shown {
  readonly account_no: string;
  readonly listing_no: string;
  readonly kind: string;
  readonly posted_fen: bigint;
  readonly pending_fen: bigint;
}

beforeAll(async () => {
  days = await PaperDays.open('imported');
  process.env['DATABASE_READ_URL'] = days.db.readUrl;
  process.env['DATABASE_URL'] = days.db.appUrl;
  await days.begin(0n as never);
  const account = { accountNo: 'E1', kind: 'E' as const };
  days.bank.write(day(0), {
    transactions: [{ kind: 'TOP_UP', toAccount: 'E1', amount: 800n as never, bankSerialNo: 'B7' }],
    balances: [{ ...account, total: 800n as never }],
  });
  await days.endOfDay(day(0));
  books = createServer((request, response) => {
    void answer(request.url ?? '').then((body) => response.end(JSON.stringify(body)));
  });
  books.listen(0, '127.0.0.1');
  await once(books, 'listening');
});
afterAll(async () => {
  delete process.env['DATABASE_READ_URL'];
  delete process.env['DATABASE_URL'];
  books.close();
  await days.db.close();
});

const day = (n: number) => `2024-03-0${n + 1}` as never;

/** What a simulator would answer: our accounts, one of them altered, and one movement of the customer's own since the last statement. */
async function answer(url: string): Promise<object> {
  if (url.includes('movements=1')) {
    const movement = {
      bankSerialNo: 'B8',
      requestNo: '',
      fromAccount: 'E1',
      toAccount: '',
      listingNo: '',
      amountFen: 30,
      moves: true,
      status: 'SUCCEEDED',
    };
    return { movements: url.includes('after=B7') ? [movement] : [], next: null };
  }
  const rows = await days.rows<Shown>('SELECT account_no, listing_no, kind, posted_fen, pending_fen FROM ledger_account');
  return {
    accounts: rows.map((row) => ({
      accountNo: row.account_no,
      listingNo: row.listing_no,
      kind: row.kind,
      totalFen: Number(row.posted_fen + (row.account_no === 'E1' ? altered - 30n : 0n)),
      heldFen: Number(row.pending_fen),
    })),
  };
}

async function run(command: typeof verifyCommand, ...args: string[]): Promise<{ code: number; out: string }> {
  const stdout = new PassThrough();
  const chunks: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await command.run(args, { stdin: new PassThrough(), stdout, stderr: new PassThrough() });
  return { code, out: Buffer.concat(chunks).toString('utf8') };
}

const bankUrl = (): string => `http://127.0.0.1:${(books.address() as AddressInfo).port}`;

describe('rongqiao verify', () => {
  it('says how many rows it looked at, and exits 0 when everything holds', async () => {
    const { code, out } = await run(verifyCommand, '--bank', bankUrl());
    expect(out).toMatch(/I1 +成立 holds .*\[1 行 rows/);
    expect(out).toMatch(/bank +成立 holds .*\[1 行 rows/);
    expect(out).toContain('everything holds');
    expect(code).toBe(0);
  });

  it("names a fen that was altered in the bank's books, and exits 1", async () => {
    altered = 1n;
    const { code, out } = await run(verifyCommand, `--bank=${bankUrl()}`);
    altered = 0n;
    expect(out).toContain('account E1: the books of the bank have 771 and 0 held, ours 800');
    expect(code).toBe(1);
  });

  it('names a fen that was altered in ours, as JSON too', async () => {
    await withClient(days.db.ownerUrl, (client) => client.query(`UPDATE ledger_account SET pending_fen = 1 WHERE account_no = 'E1'`));
    const { code, out } = await run(verifyCommand, '--json');
    await withClient(days.db.ownerUrl, (client) => client.query(`UPDATE ledger_account SET pending_fen = 0 WHERE account_no = 'E1'`));
    const report = JSON.parse(out) as { holds: boolean; invariants: { id: string; differences: string[] }[] };
    expect(report.holds).toBe(false);
    expect(report.invariants.filter(({ differences }) => differences.length > 0)).toMatchObject([
      { id: 'I3', differences: [expect.stringContaining('account E1 holds 800 and 1 pending')] },
    ]);
    expect(code).toBe(1);
  });

  it('prints a digest', async () => {
    const { code, out } = await run(verifyCommand, '--digest');
    expect(out).toMatch(/^[0-9a-f]{64}\n$/);
    expect(code).toBe(0);
    expect(JSON.parse((await run(verifyCommand, '--digest', '--json')).out)).toEqual({ entries: 1, sha256: out.trim() });
  });
});

describe('rongqiao reconcile', () => {
  it('shows how the days stand, and lets one be reconciled anew', async () => {
    const { code, out } = await run(reconcileCommand);
    expect(out).toMatch(/2024-03-01 +closed +clean +1 行 lines, 0 相符 matched, 0 由对账了结 settled, 1 行外 outside/);
    expect(code).toBe(0);
    expect((await run(reconcileCommand, '--again')).code).toBe(2);
    await run(reconcileCommand, '--date=2024-03-01', '--again');
    expect(await days.rows(`SELECT subject FROM job WHERE name = 'reconciliation.look-again'`)).toEqual([{ subject: '2024-03-01' }]);
    const json = JSON.parse((await run(reconcileCommand, '--json', '--date', '2024-03-01')).out) as { days: object[]; breaks: object[] };
    expect(json).toMatchObject({ days: [{ date: '2024-03-01', businessDay: 'closed', confirmedAs: 'CLEAN' }], breaks: [] });
  });
});
