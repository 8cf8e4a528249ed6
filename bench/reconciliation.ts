// Reconciliation of a statement of 1,000,000 lines: two passes over the file, every gate, matched both ways, 1,000 breaks, proof and confirmation; against the
// same lines by COPY into the same table and one full join on (request number, item number). Memory must not grow with the file.
// `node dist/bench/reconciliation.js [--json] [lines]`
import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { statementFileName, statementHeader, statementTrailer, statementFile, balanceLine, transactionLine } from '#bank/wire';
import type { StatementFileName } from '#bank/port';
import { fen } from '#kernel/money';
import { businessDate, publishedCalendar } from '#kernel/time';
import { startClock } from '#platform/clock';
import { migrate, openDatabase, ROLES, startEmbeddedPostgres } from '#platform/database';
import type { Work } from '#platform/database';
import { registerChain } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { connectReconciliation, endDayJob } from '#watch/reconciliation';
import type { StatementBank } from '#watch/reconciliation';
import { compare, report } from './rounds';

const LINES = Number(process.argv.slice(2).find((arg) => /^\d+$/.test(arg)) ?? 1_000_000);
const BREAKS = Math.min(1_000, LINES / 10);
const ITEMS_PER_BATCH = 10_000;
const CUSTOMERS = 1_000;
const ROUNDS = 3;
const GOAL = 1.5;
const MEMORY_GOAL_MB = 300;
const DAY = businessDate('2024-03-01');
const PLATFORM = 'P0001';
const FILE_ID = '0190b6f0-0000-7000-8000-000000000000';
const FOLDER = resolve('.data/bench-reconciliation');

async function main(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(join(FOLDER, 'files'), { recursive: true });
  const server = await startEmbeddedPostgres({ dataFolder: join(FOLDER, 'postgres'), databases: { platform: 'bench' } });
  try {
    await migrate({ ownerUrl: server.ownerUrl, appRole: ROLES.app, readRole: ROLES.read });
    const owner = new Client({ connectionString: server.ownerUrl });
    await owner.connect();
    await owner.query(ORDERS, [LINES, ITEMS_PER_BATCH, CUSTOMERS, DAY]);
    await owner.query('VACUUM ANALYZE bank_order');
    await owner.query('VACUUM ANALYZE ledger_account');
    const files = await writeFiles();
    registerChain({ 'day.opened': 'end', 'day.closed': 'end' });
    const database = await openDatabase({
      url: server.appUrl,
      poolSize: 4,
      applicationName: 'bench',
      role: 'app',
      timeouts: { statementMs: 600_000 },
    });
    const subject = { name: 'reconciliation, every gate, both ways', run: () => reconcile(database.work, owner, files) };
    const yardstick = { name: 'COPY and one full join', run: () => copyAndJoin(owner) };
    const figure = await compare(`statement of ${LINES} lines, ${BREAKS} breaks`, subject, yardstick, GOAL, ROUNDS);
    report([figure, memoryFigure()]);
    await database.close();
    await owner.end();
  } finally {
    await server.stop();
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

/** Payout items of an ordinary day, done at the bank: batches of ten thousand, a thousand customers. */
const ORDERS = `
  WITH accounts AS (
    INSERT INTO ledger_account (id, kind, account_no, listing_no, guarded)
    SELECT md5('account ' || n)::uuid, CASE n WHEN 0 THEN 'R' ELSE 'E' END, CASE n WHEN 0 THEN 'R' ELSE 'E' || n END, CASE n WHEN 0 THEN 'L1' ELSE '' END, n = 0
    FROM generate_series(0, $3::int) AS n
  ), batches AS (
    INSERT INTO bank_order (id, request_no, kind, send_group, subject_id, state, created_on)
    SELECT md5('batch ' || n)::uuid, 'Q' || n, 'BATCH', md5('batch ' || n)::uuid, md5('batch ' || n)::uuid, 'done', $4 FROM generate_series(0, ($1::int - 1) / $2::int) AS n
  )
  INSERT INTO bank_order (id, parent_id, item_no, kind, send_group, subject_id, amount_fen, debit_account_id, credit_account_id, state, bank_serial, bank_date, bank_time, created_on)
  SELECT md5('item ' || n)::uuid, md5('batch ' || n / $2::int)::uuid, 'I' || n, 'PAYOUT', md5('batch ' || n / $2::int)::uuid, md5('item ' || n)::uuid, 100 + n,
    md5('account 0')::uuid, md5('account ' || 1 + n % $3::int)::uuid, 'done', 'B' || lpad(n::text, 16, '0'), $4, '2024-03-01T10:00:00+08:00', $4
  FROM generate_series(0, $1::int - 1) AS n`;

interface Paper extends StatementFileName {
  readonly path: string;
}

/** The three files of the bank, and beside them the rows that COPY would take as they are. Nothing of it is ever in memory as a whole. */
async function writeFiles(): Promise<readonly Paper[]> {
  const header = (type: 'TRANSACTIONS' | 'BALANCES' | 'CREDIT') => ({
    type,
    bankDate: DAY,
    platformNo: PLATFORM,
    version: 1,
    writtenAt: `${DAY}T23:00:00.000+08:00`,
  });
  const path = (type: 'TRANSACTIONS' | 'BALANCES' | 'CREDIT') => join(FOLDER, 'files', statementFileName(header(type)));
  await writeTransactions(path('TRANSACTIONS'), statementHeader(header('TRANSACTIONS')));
  const zero = fen(0n);
  const empty = { opening: zero, available: zero, held: zero, otherFrozen: zero, total: zero };
  const accounts = Array.from({ length: CUSTOMERS }, (_, n) => balanceLine({ accountNo: `E${n + 1}`, listingNo: '', kind: 'E', ...empty }));
  await once(createWriteStream(path('BALANCES')).end(statementFile(header('BALANCES'), accounts, 0n)), 'finish');
  await once(createWriteStream(path('CREDIT')).end(statementFile(header('CREDIT'), [], 0n)), 'finish');
  return Promise.all(
    (['TRANSACTIONS', 'BALANCES', 'CREDIT'] as const).map(async (type) => {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(path(type))) hash.update(chunk as Buffer);
      const bytes = statSync(path(type)).size;
      return {
        name: statementFileName(header(type)),
        version: 1,
        bytes,
        sha256: hash.digest('hex'),
        signature: 'signed',
        path: path(type),
      };
    }),
  );
}

async function writeTransactions(path: string, header: string): Promise<void> {
  const file = createWriteStream(path);
  const rows = createWriteStream(join(FOLDER, 'files', 'rows.txt'));
  const hash = createHash('sha256');
  let sum = 0n;
  let text = `${header}\n`;
  let copy = '';
  const flush = async (): Promise<void> => {
    hash.update(text);
    if (!file.write(text)) await once(file, 'drain');
    if (!rows.write(copy)) await once(rows, 'drain');
    text = '';
    copy = '';
  };
  for (let n = 0; n < LINES; n += 1) {
    const isBroken = n % (LINES / BREAKS) === 0;
    const amount = fen(BigInt(100 + n + (isBroken ? 1 : 0)));
    sum += amount;
    const line = transactionLine({
      requestNo: `Q${Math.floor(n / ITEMS_PER_BATCH)}`,
      itemNo: `I${n}`,
      kind: 'PAYOUT',
      refNo: '',
      bankSerialNo: `B${String(n).padStart(16, '0')}`,
      fromAccount: 'R',
      toAccount: `E${1 + (n % CUSTOMERS)}`,
      amount,
      status: 'SUCCEEDED',
      code: '',
      bankTime: '2024-03-01T10:00:00.000+08:00',
      listingNo: 'L1',
    });
    text += `${line}\n`;
    const fields = line.split('|').slice(1).with(7, String(amount));
    copy += `${FILE_ID}\t${n + 1}\t${DAY}\t${fields.join('\t')}\n`;
    if (n % 2_000 === 1_999) await flush();
  }
  await flush();
  const trailer = `${statementTrailer({ count: LINES, sumFen: sum, sha256: hash.digest('hex') })}\n`;
  await Promise.all([once(file.end(trailer), 'finish'), once(rows.end(), 'finish')]);
}

const EMPTY =
  'TRUNCATE business_clock, business_day, reconciliation_day, reconciliation_break, statement_file, statement_line, statement_balance, statement_credit, move CASCADE';

let peak = 0;

async function reconcile(work: Work, owner: Client, files: readonly Paper[]): Promise<void> {
  await owner.query(EMPTY);
  await work.run((tx) => startClock(tx, DAY, true));
  connectReconciliation({
    bank: bankOf(files),
    platformNo: PLATFORM,
    calendar: publishedCalendar,
    adjustmentLimit: fen(0n),
    temporaryFolder: FOLDER,
    lookAgain: { firstMs: 100, longestMs: 100 },
  });
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
  await endDayJob.run(callOf(work));
  clearInterval(watch);
  const { rows } = await owner.query<{ breaks: string; lines: string }>('SELECT breaks, lines FROM reconciliation_day');
  if (Number(rows[0]?.breaks) !== BREAKS || Number(rows[0]?.lines) !== LINES) throw new Error(`found ${JSON.stringify(rows)}`);
}

/** The bank's own time is no part of it: files lie ready, signatures hold. */
function bankOf(files: readonly Paper[]): StatementBank {
  return {
    statements: () => Promise.resolve(files),
    download: (name) =>
      Promise.resolve(
        createReadStream(files.find((file) => file.name === name)!.path, { highWaterMark: 1 << 16 }) as AsyncIterable<Buffer>,
      ),
    verifyFile: () => true,
    confirm: () => Promise.resolve(),
  };
}

function callOf(work: Work): JobCall {
  const silent = () => undefined;
  return {
    job: { id: 1n, name: endDayJob.name, subject: DAY, payload: {}, tries: 1, requestId: null },
    work,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    done: () => Promise.resolve(),
    again: (_tx, _dueAt, why) => {
      throw new Error(`the day waits: ${why}`);
    },
  };
}

async function copyAndJoin(owner: Client): Promise<void> {
  await owner.query(EMPTY);
  await owner.query('BEGIN');
  await owner.query(
    `INSERT INTO statement_file (id, bank_date, type, version, name, bytes, sha256) VALUES ($1, $2, 'TRANSACTIONS', 1, 'rows', 0, repeat('0', 64))`,
    [FILE_ID, DAY],
  );
  await pipeline(
    createReadStream(join(FOLDER, 'files', 'rows.txt'), { highWaterMark: 1 << 16 }),
    owner.query(copyFrom('COPY statement_line FROM STDIN')),
  );
  const { rows } = await owner.query<{ differences: string }>(
    `SELECT count(*) AS differences FROM (SELECT p.request_no, o.item_no, o.amount_fen FROM bank_order o JOIN bank_order p ON p.id = o.parent_id) AS o
     FULL JOIN statement_line l ON l.request_no = o.request_no AND l.item_no = o.item_no WHERE l.amount_fen IS DISTINCT FROM o.amount_fen`,
  );
  await owner.query('COMMIT');
  if (Number(rows[0]?.differences) !== BREAKS) throw new Error(`found ${rows[0]?.differences} differences`);
}

function memoryFigure() {
  const mb = peak / 1_048_576;
  const timings = [{ name: 'resident memory at its highest, MB (not ms)', medianMs: mb, fastestMs: mb, slowestMs: mb }];
  return { figure: 'memory while reconciling', timings, ratio: mb / MEMORY_GOAL_MB, atMost: 1, holds: mb <= MEMORY_GOAL_MB };
}

void main();
