import { bringPeople } from '../support/people';
import { startPlatform } from '../support/platform';
import type { TestPlatform } from '../support/platform';
import { until } from '../support/until';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform?.stop());

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly source: string;
  readonly amountFen: number;
  readonly earlyFromDay: number;
  readonly annualRatePpm: number;
  readonly isPriceOpen: boolean;
  readonly financingNo: string | null;
}

/** The bank's own business pushes a financing, and it stands in review. */
const pushed = async (customerNo: string): Promise<Seen> => {
  const asked = { customerNo, kind: 'vehicle', amountFen: 3_000_000, term: { months: 6 }, purpose: '购车' };
  const { financingNo } = await platform.bank.post<{ financingNo: string }>('/sandbox/financings', asked);
  const found = async (): Promise<Seen | undefined> =>
    (await platform.office.auditor.pages<Seen>('/listings')).find((listing) => listing.financingNo === financingNo);
  await until('it has entered', async () => (await found()) !== undefined);
  return (await found())!;
};

describe('a financing of the bank’s own business', () => {
  it('enters by its notice, gets its price and its terms, is registered and opens, without a credit line', async () => {
    const [borrower] = await bringPeople(platform, [{}]);
    const listing = await pushed(borrower!.customerNo);
    expect(listing).toMatchObject({ state: 'in_review', source: 'bank_offline', amountFen: 3_000_000, isPriceOpen: true });
    const { operator, first, second, auditor } = platform.office;
    const { businessDate } = await operator.get<{ businessDate: string }>('/business-date');
    const opens = { opensAt: `${businessDate}T00:00:00.000+08:00`, deadline: businessDate, guaranteeMode: 'channel' };
    const path = `/listings/${listing.id}/terms`;
    const unpriced = await operator.ask<{ code: string }>('PUT', path, { body: opens, headers: operator.once() });
    expect([unpriced.status, unpriced.body.code]).toEqual([422, 'LISTING_TERMS_INVALID']);
    await operator.put(path, { ...opens, annualRatePpm: 66_000, method: 'equal_instalments', earlyFromDay: 30 });
    await first.post(`/listings/${listing.id}/reviews`, { level: 1, decision: 'approve', reason: '资料齐全' });
    await second.post(`/listings/${listing.id}/reviews`, { level: 2, decision: 'approve', reason: '资料齐全' });
    const seen = (): Promise<Seen> => auditor.get<Seen>(`/listings/${listing.id}`);
    await until('it is on sale', async () => (await seen()).state === 'raising');
    expect(await seen()).toMatchObject({ annualRatePpm: 66_000, earlyFromDay: 30 });
    expect(await auditor.get<object>('/open-items')).toMatchObject({ refusedLineMovements: 0, parkedJobs: 0 });
  });

  it('is for somebody who has never come here as well, and can be rejected before anybody has set its terms', async () => {
    const [created] = await platform.bank.post<{ customerNo: string }[]>('/sandbox/customers', [{ name: '从未登录' }]);
    const { id } = await pushed(created!.customerNo);
    await platform.office.first.post(`/listings/${id}/reviews`, { level: 1, decision: 'reject', reason: '用途不符' });
    expect(await platform.office.auditor.get<Seen>(`/listings/${id}`)).toMatchObject({ state: 'rejected' });
  });
});
