import { applyOnline, reviewListing, setTerms, withdrawListing } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { addDays, instantOn, instantToDate } from '#kernel/time';
import { receiveNotice } from '#registers/bank-order';
import { moveLine } from '#registers/credit-line';
import { readLine } from '../support/credit-line-view';
import { RaiseWorld } from '../support/raise-world';
import type { Customer } from '../support/raise-world';
import type { Verdict } from '../support/scripted-bank';

jest.setTimeout(120_000);

describe('a listing that is withdrawn while the bank has not decided everything about it', () => {
  let world: RaiseWorld;
  let borrower: Customer;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    borrower = await world.customer();
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const bankSays = (verdicts: Readonly<Record<string, Verdict>>): void => {
    world.bank.rule = ({ kind }) => verdicts[kind] ?? 'done';
  };
  const tell = async (noticeNo: string, kind: string, body: Record<string, string>): Promise<void> => {
    await world.db.work.run((tx) => receiveNotice(tx, { noticeNo, kind, body }));
    await world.live();
  };
  /** A listing with a credit line of ¥50,000.00, of which ¥10,000.00 are frozen for it, approved; it opens tomorrow. */
  const approved = async (verdicts: Readonly<Record<string, Verdict>>): Promise<Uuid> => {
    const application = {
      kind: 'credit',
      amount: fen(1_000_000n),
      annualRatePpm: 70_000,
      term: { months: 3 },
      method: 'bullet',
      purpose: '装修',
    } as const;
    const id = await world.db.work.run((tx) => applyOnline(tx, { borrowerId: borrower.id, ...application }, borrower.id));
    await world.live();
    const [row] = await world.rows<{ no: string }>('SELECT application_no AS no FROM listing WHERE id = $1', [id]);
    const applicationNo = row!.no;
    await tell('N1', 'CREDIT_DECIDED', { applicationNo, decision: 'APPROVED', freezeMoveNo: 'FZ1', amount: '10000.00', limit: '50000.00' });
    await tell('N2', 'FINANCING_SUBMITTED', { applicationNo, financingNo: 'FN1' });
    bankSays(verdicts);
    const opens = { opens_at: instantToDate(instantOn(addDays(world.today, 1), '00:00:00')), deadline: addDays(world.today, 3) };
    await world.db.work.run((tx) => setTerms(tx, id, opens, 'opr_0'));
    await world.db.work.run((tx) => reviewListing(tx, id, { level: 1, decision: 'approve', reason: 'sound' }, 'opr_1'));
    await world.db.work.run((tx) => reviewListing(tx, id, { level: 2, decision: 'approve', reason: 'sound' }, 'opr_2'));
    await world.live();
    return id;
  };
  const withdraw = async (id: Uuid): Promise<void> => {
    await world.db.work.run((tx) => withdrawListing(tx, id, 'a mistake', 'opr_0'));
    await world.live();
  };
  const line = (): ReturnType<typeof readLine> => world.db.work.run((tx) => readLine(tx, borrower.id));
  const movements = async (): Promise<string[]> =>
    (await world.rows<{ kind: string }>('SELECT kind FROM credit_movement ORDER BY recorded_at, id')).map(({ kind }) => kind);
  const ends = (): Promise<{ state: string }[]> =>
    world.rows(`SELECT state FROM bank_order WHERE kind = 'LISTING_UPDATE' AND instruction->>'status' = 'FAILED' ORDER BY id`);
  const registrations = (): Promise<{ state: string }[]> => world.rows(`SELECT state FROM bank_order WHERE kind = 'LISTING_REGISTER'`);

  it('is told to the bank, and its line restored, when everything was decided before', async () => {
    await withdraw(await approved({}));
    expect([await ends(), await movements()]).toEqual([[{ state: 'done' }], ['FREEZE', 'DEDUCT', 'RESTORE']]);
    expect(await line()).toMatchObject({ used_fen: 0n, frozen_fen: 0n });
  });

  it('is told to the bank after the registration is done, not before: nothing stays registered that is not sold', async () => {
    const id = await approved({ register_listing: 'later' });
    await withdraw(id);
    expect([await ends(), await registrations()]).toEqual([[], [{ state: 'accepted' }]]);
    bankSays({});
    await world.live();
    expect([await world.stateOf('listing', id), await registrations(), await ends()]).toEqual([
      'withdrawn',
      [{ state: 'done' }],
      [{ state: 'done' }],
    ]);
  });

  it('has its registration’s number closed when the bank has never heard of it, and then there is nothing to tell', async () => {
    world.bank.mishap = ({ kind }) => (kind === 'register_listing' ? 'request_lost' : undefined);
    await withdraw(await approved({}));
    expect([await registrations(), await ends()]).toEqual([[{ state: 'closed' }], []]);
    await world.nextDay(2);
    expect(await ends()).toEqual([]);
  });

  it('is not told to a bank that has refused to register it', async () => {
    await withdraw(await approved({ register_listing: { refused: 'ACCOUNT_CLOSED' } }));
    await world.nextDay(2);
    expect([await registrations(), await ends()]).toEqual([[{ state: 'refused' }], []]);
  });

  it('has its line restored once the bank has used its freeze, never before', async () => {
    await withdraw(await approved({ move_credit_line: 'later' }));
    expect([await movements(), await world.rows(`SELECT count(*)::int AS n FROM bank_order WHERE kind = 'CREDIT_MOVE'`)]).toEqual([
      ['FREEZE'],
      [{ n: 1 }],
    ]);
    bankSays({});
    await world.live();
    expect(await movements()).toEqual(['FREEZE', 'DEDUCT', 'RESTORE']);
    expect(await line()).toMatchObject({ used_fen: 0n, frozen_fen: 0n });
  });

  it('has its freeze released when the bank has refused to use it', async () => {
    const id = await approved({ move_credit_line: 'later' });
    await withdraw(id);
    let asked = 0;
    world.bank.rule = ({ kind }) => (kind === 'move_credit_line' && (asked += 1) === 1 ? { refused: 'CREDIT_LINE_EXCEEDED' } : 'done');
    await world.live();
    expect(await movements()).toEqual(['FREEZE', 'RELEASE']);
    expect(await line()).toMatchObject({ used_fen: 0n, frozen_fen: 0n });
  });

  it('misses nothing that the bank decides in the same moment', async () => {
    const id = await approved({ move_credit_line: 'later', register_listing: 'later' });
    bankSays({});
    await Promise.all([withdraw(id), world.live()]);
    await world.live();
    expect(await movements()).toEqual(['FREEZE', 'DEDUCT', 'RESTORE']);
    // Registered or not, as it fell: the bank keeps no registration that nobody has ended.
    expect(await ends()).toEqual(await registrations());
    expect(await world.rows('SELECT 1 FROM credit_waiting WHERE asked_at IS NULL')).toEqual([]);
  });

  it('stops everything when a movement is done on a line that nobody has heard of', async () => {
    const { id } = await world.listing();
    await world.rows(`UPDATE listing SET financing_no = 'FN9', line_freeze_no = 'FZ9' WHERE id = $1`, [id]);
    await world.db.work.run((tx) => moveLine(tx, [{ kind: 'RESTORE', listingId: id, amount: fen(100n), cause: 'repaid' }]));
    await expect(world.live()).rejects.toThrow('moved the credit line of a customer who has none');
    expect(await movements()).toEqual([]);
  });
});
