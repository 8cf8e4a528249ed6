import { z } from 'zod';
import { Outage } from '#kernel/faults';
import type { Tx } from '#platform/database';
import type { BankAccount } from '#watch/invariants';

/** What a simulated bank says of itself, for a comparison with our books. */
export interface BankBooks {
  readonly accounts: readonly BankAccount[];
  /** Movements after the last statement that nobody ordered through us and nobody told us: per `account/listing`, fen, signed. */
  readonly since: ReadonlyMap<string, bigint>;
}

const whole = z.number().int().refine(Number.isSafeInteger);
const page = z.object({
  accounts: z.array(z.object({ accountNo: z.string(), listingNo: z.string(), kind: z.string(), totalFen: whole, heldFen: whole })),
});
const movements = z.object({
  movements: z.array(
    z.object({
      bankSerialNo: z.string(),
      requestNo: z.string(),
      fromAccount: z.string(),
      toAccount: z.string(),
      listingNo: z.string(),
      amountFen: whole,
      moves: z.boolean(),
      status: z.string(),
    }),
  ),
  next: z.string().nullable(),
});

/** Reads `/sandbox/books` of the simulator: every account, and what customers did themselves since the last statement that we have. */
export async function readBank(url: string, work: { read<T>(fn: (tx: Tx) => Promise<T>): Promise<T> }): Promise<BankBooks> {
  const last = await work.read(lastSerial);
  const since = new Map<string, bigint>();
  const seen: { serial: string; listingNo: string; changes: [string, bigint][] }[] = [];
  for (let after: string | null = last; after !== null;) {
    const found: z.infer<typeof movements> = movements.parse(await get(`${url}/sandbox/books?movements=1&limit=10000&after=${after}`));
    for (const movement of found.movements) {
      if (movement.requestNo !== '' || !movement.moves || movement.status !== 'SUCCEEDED') continue;
      const fen = BigInt(movement.amountFen);
      seen.push({
        serial: movement.bankSerialNo,
        listingNo: movement.listingNo,
        changes: [
          [movement.fromAccount, -fen],
          [movement.toAccount, fen],
        ],
      });
    }
    after = found.next;
  }
  const booked = await work.read((tx) =>
    bookedAmong(
      tx,
      seen.map(({ serial }) => serial),
    ),
  );
  const { accounts } = page.parse(await get(`${url}/sandbox/books`));
  const parts = new Set(accounts.map(({ accountNo, listingNo }) => `${accountNo}/${listingNo}`));
  for (const { serial, listingNo, changes } of seen) {
    if (booked.has(serial)) continue;
    for (const [account, fen] of changes) {
      // D and R are kept per listing: there a movement touches the listing's part, on every other account the whole.
      const part = parts.has(`${account}/${listingNo}`) ? `${account}/${listingNo}` : `${account}/`;
      since.set(part, (since.get(part) ?? 0n) + fen);
    }
  }
  const inside = accounts.filter(({ kind }) => kind !== 'W');
  return {
    accounts: inside.map((account) => ({ ...account, totalFen: BigInt(account.totalFen), heldFen: BigInt(account.heldFen) })),
    since,
  };
}

/** The highest serial of the newest statement that had lines: the bank numbers its movements in the order in which they happen. */
async function lastSerial(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ serial: string }>(
    `SELECT max(bank_serial) AS serial FROM statement_line WHERE file_id = (
       SELECT id FROM statement_file WHERE type = 'TRANSACTIONS' AND visible AND lines > 0 ORDER BY bank_date DESC, version DESC LIMIT 1)`,
  );
  return row?.serial ?? '0';
}

async function bookedAmong(tx: Tx, serials: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ bank_serial: string }>(
    'SELECT DISTINCT bank_serial FROM ledger_entry WHERE bank_serial = ANY($1::text[])',
    [serials],
  );
  return new Set(rows.map((row) => row.bank_serial));
}

async function get(url: string): Promise<unknown> {
  const answer = await fetch(url).catch((error: unknown) => {
    throw new Outage(`the bank's books cannot be read at ${url}: ${String(error)}`, { cause: error });
  });
  if (!answer.ok) throw new Outage(`the bank's books cannot be read at ${url}: HTTP ${answer.status}`);
  return answer.json();
}
