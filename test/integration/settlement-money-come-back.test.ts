import { payDisbursementAgain } from '#journey/settlement';
import type { Uuid } from '#kernel/ids';
import { receiveNotice } from '#registers/bank-order';
import { refreshEAccount } from '#registers/identity';
import { soldToTwo } from '../support/insured-sale';
import { RaiseWorld } from '../support/raise-world';
import type { Customer, ListingDraft } from '../support/raise-world';
import { refusing, yes } from '../support/scripted-bank';
import { readSettlement } from '../support/settlement-view';

jest.setTimeout(120_000);

describe('the money of a disbursement that came back', () => {
  let world: RaiseWorld;
  let anna: Customer;
  let bert: Customer;
  let insurer: { readonly id: Uuid; readonly accountNo: string };

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  beforeEach(async () => {
    await world.begin();
    [anna, bert] = (await world.customers(2)) as [Customer, Customer];
    insurer = await world.insurer();
  });
  afterEach(() => world.keepsWhatMustHold());
  afterAll(() => world.close());

  const sold = (draft: ListingDraft = {}) => soldToTwo(world, insurer, [anna, bert], draft);
  /** The disbursement comes back after two days. */
  const comesBack = async (): Promise<void> => {
    await world.nextDay(2);
    const [paid] = await ordersOf('DISBURSE');
    const body = { requestNo: paid!.request_no };
    world.bank.sendBack(paid!.request_no);
    await world.db.work.run((tx) => receiveNotice(tx, { noticeNo: 'N1', kind: 'TRANSFER_RETURNED', body }));
    await world.live();
  };
  const again = (listing: { id: Uuid }): Promise<void> => world.db.work.run((tx) => payDisbursementAgain(tx, listing.id, 'opr_1'));
  const ordersOf = (kind: string): Promise<{ request_no: string; state: string; amount_fen: bigint }[]> =>
    world.rows('SELECT request_no, state, amount_fen FROM bank_order WHERE kind = $1 ORDER BY id', [kind]);
  const settlementOf = async ({ id }: { id: Uuid }): Promise<string> => (await readSettlement(world, id))!.state;

  it('leaves in D what an investor is still to have back, until the bank takes it', async () => {
    const carl = await world.customer();
    world.bank.rule = refusing('INSUFFICIENT_FUNDS', 'REFUND', 'PARK');
    const listing = await sold({ hold_mode: 'debit', overbooking_ppm: 200_000n });
    await world.invest(listing, carl, 200_000n);
    await world.live();
    await comesBack();
    await world.nextDay(8);
    expect(await settlementOf(listing)).toBe('ended');
    expect(await ordersOf('MOVE')).toMatchObject([{ state: 'done', amount_fen: 985_000n }]);
    world.bank.rule = yes;
    await world.nextDay(2);
    expect(world.bank.net(carl.accountNo)).toBe(0n);
    expect(await world.stateOf('listing', listing.id)).toBe('closed');
  });

  it('is paid to another account of the borrower once the bank has taken that over, and not before', async () => {
    const listing = await sold();
    await world.live();
    await comesBack();
    await world.rows(`UPDATE customer SET e_account_status = 'CLOSED' WHERE id = $1`, [listing.borrower.id]);
    world.bank.rule = ({ kind }) => (kind === 'update_listing' ? { refused: 'LISTING_STATE' } : 'done');
    await world.db.work.run((tx) => refreshEAccount(tx, listing.borrower.id, { accountNo: 'E-new', status: 'ACTIVE', boundCard: null }));
    await world.live();
    await expect(again(listing)).rejects.toMatchObject({ code: 'BORROWER_ACCOUNT_UNREGISTERED' });
    world.bank.rule = yes;
    await world.nextDay();
    await again(listing);
    await world.live();
    expect([await settlementOf(listing), world.bank.net('E-new'), world.bank.net(listing.borrower.accountNo)]).toEqual([
      'settled',
      985_000n,
      0n,
    ]);
    const told = world.bank.tries.filter(({ kind }) => kind === 'update_listing').map(({ body }) => JSON.parse(body) as object);
    expect(told.at(-1)).toMatchObject({ borrower: { accountNo: 'E-new' }, payeeAccountNos: ['E-new', insurer.accountNo] });
    const [loan] = await world.rows('SELECT a.account_no FROM loan l JOIN ledger_account a ON a.id = l.paying_account_id');
    expect(loan).toEqual({ account_no: 'E-new' });
  });
});
