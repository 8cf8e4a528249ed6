import type { Database } from '#platform/database';
import { booksDigest, compareWithBank, invariants } from '#watch/invariants';
import { PaperDays } from '../support/paper-days';
import { changes } from '../support/row-changes';
import type { Change } from '../support/row-changes';
import { buildSmallWorld } from '../support/small-world';
import type { SmallWorld } from '../support/small-world';

let days: PaperDays;
let owner: Database;
let world: SmallWorld;

beforeAll(async () => {
  days = await PaperDays.open();
  owner = await days.db.open({ role: 'owner' });
  world = await buildSmallWorld(days);
});
afterAll(() => days.db.close());

/** What a test changed is taken back: the invariants look from inside the transaction that changed it. */
const takenBack = new Error('what was changed is taken back');

async function afterChanging(change: Change): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const changed = owner.work.run(async (tx) => {
    await change(tx);
    for (const invariant of invariants) {
      const { differences } = await invariant.check(tx);
      if (differences.length > 0) found[invariant.id] = differences.map(({ what }) => what);
    }
    throw takenBack;
  });
  await expect(changed).rejects.toBe(takenBack);
  return found;
}

describe('a small world', () => {
  it('keeps every invariant, and each looks at rows', async () => {
    const results = await days.db.work.read(async (tx) => {
      const found = [];
      for (const { id, check } of invariants) found.push({ id, ...(await check(tx)) });
      return found;
    });
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
    expect(results.filter(({ examined }) => examined === 0n).map(({ id }) => id)).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => `I${n + 1}`));
  });

  it('is read by the read-only role as well', async () => {
    const reader = await days.db.open({ role: 'read' });
    for (const { check } of invariants) expect((await reader.work.read((tx) => check(tx))).differences).toEqual([]);
  });
});

describe('one row changed by the owner of the tables makes exactly one invariant fire', () => {
  it.each(changes)('%s: %s', async (id, _what, change, sentence) => {
    const found = await afterChanging(change(world));
    expect(Object.keys(found)).toEqual([id]);
    expect(found[id]!.join('\n')).toMatch(sentence);
  });

  it('has a change for each of the twenty', () => {
    expect([...new Set(changes.map(([id]) => id))]).toEqual(invariants.map(({ id }) => id));
  });
});

describe('the digest of the books', () => {
  it('does not know ids and serials, and knows every fen', async () => {
    const before = await days.db.work.read((tx) => booksDigest(tx));
    const again = (await buildSmallWorld(days)).raising;
    expect(again).not.toBe(world.raising);
    expect(await days.db.work.read((tx) => booksDigest(tx))).toEqual(before);
    const altered: string[] = [];
    const changed = owner.work.run(async (tx) => {
      await tx.execute('UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE id = (SELECT max(id) FROM ledger_entry)');
      altered.push((await booksDigest(tx)).sha256);
      throw takenBack;
    });
    await expect(changed).rejects.toBe(takenBack);
    expect(altered[0]).not.toBe(before.sha256);
  });

  it('knows whose an account was that its customer has closed since', async () => {
    const before = await days.db.work.read((tx) => booksDigest(tx));
    const digests: string[] = [];
    const moved = owner.work.run(async (tx) => {
      const changed = await tx.execute(
        `UPDATE customer SET e_account_no = 'another' WHERE id = (SELECT customer_id FROM investment_order WHERE account_no = 'EC2' LIMIT 1)`,
      );
      digests.push(String(changed), (await booksDigest(tx)).sha256);
      throw takenBack;
    });
    await expect(moved).rejects.toBe(takenBack);
    expect(digests).toEqual(['1', before.sha256]);
  });
});

describe("the bank's own books", () => {
  it('are compared account by account, to the fen', async () => {
    const accounts = (
      await days.rows<{ account_no: string; listing_no: string; posted_fen: bigint; pending_fen: bigint }>(
        `SELECT * FROM ledger_account WHERE kind <> 'W'`,
      )
    ).map((row) => ({ accountNo: row.account_no, listingNo: row.listing_no, totalFen: row.posted_fen, heldFen: row.pending_fen }));
    const compare = (changed: typeof accounts, since = new Map<string, bigint>()) =>
      days.db.work.read((tx) => compareWithBank(tx, changed, since));
    expect(await compare(accounts)).toEqual({ examined: BigInt(accounts.length), differences: [] });
    const altered = accounts.map((account) => (account.accountNo === 'EC2' ? { ...account, totalFen: account.totalFen + 1n } : account));
    expect((await compare(altered)).differences).toEqual([{ what: expect.stringContaining('account EC2: the books of the bank have') }]);
    expect((await compare(altered, new Map([['EC2/', 1n]]))).differences).toEqual([]);
    expect((await compare(accounts.filter(({ accountNo }) => accountNo !== 'EC3'))).differences).toHaveLength(1);
  });
});
