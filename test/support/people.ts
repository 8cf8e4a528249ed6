import type { OperatorRole } from '#registers/identity';
import { Browser } from './browser';
import { Door } from './door';
import type { TestPlatform } from './platform';

/** What every operator of the tests signs in with. */
export const OPERATOR_PASSWORD = 'correct-horse-battery-staple';

/** The people of the back office, each with one role. */
export const OPERATORS: readonly { readonly name: keyof Operators; readonly roles: readonly OperatorRole[] }[] = [
  { name: 'operator', roles: ['operator'] },
  { name: 'first', roles: ['reviewer_1'] },
  { name: 'second', roles: ['reviewer_2'] },
  { name: 'checker', roles: ['checker'] },
  { name: 'auditor', roles: ['auditor'] },
];

/** A signed-in door of the back office API per operator. */
export interface Operators {
  readonly operator: Door;
  readonly first: Door;
  readonly second: Door;
  readonly checker: Door;
  readonly auditor: Door;
}

/** Every operator signs in. */
export async function signIn(officeApi: Door): Promise<Operators> {
  const doors = new Map<string, Door>();
  for (const { name } of OPERATORS) {
    const { body } = await officeApi.ask<{ token: string }>('POST', '/session', { body: { login: name, password: OPERATOR_PASSWORD } });
    doors.set(name, officeApi.as(name, { authorization: `Bearer ${body.token}` }));
  }
  return Object.fromEntries(doors) as unknown as Operators;
}

/** A customer of the bank, logged in. */
export interface Person {
  readonly customerNo: string;
  readonly accountNo: string;
  readonly name: string;
  /** The customer API with his session. */
  readonly door: Door;
}

/** A customer to be: amounts in fen. */
export interface Newcomer {
  readonly name?: string;
  readonly customerNo?: string;
  readonly balanceFen?: number;
  readonly creditLimitFen?: number;
}

let people = 0;

/** Customers whom the bank makes, each logged in through its provider. */
export async function bringPeople(platform: Pick<TestPlatform, 'bank' | 'customerApi'>, newcomers: readonly Newcomer[]): Promise<Person[]> {
  const wanted = newcomers.map((newcomer) => ({ name: `客户${(people += 1)}`, ...newcomer }));
  const created = await platform.bank.post<{ customerNo: string; accountNo: string; name: string }[]>('/sandbox/customers', wanted);
  const found: Person[] = [];
  for (const customer of created) found.push({ ...customer, door: await logIn(platform.customerApi, customer.customerNo) });
  return found;
}

/** A borrower who has signed that he may be charged. */
export async function bringBorrower(platform: Pick<TestPlatform, 'bank' | 'customerApi'>, newcomer: Newcomer): Promise<Person> {
  const [borrower] = await bringPeople(platform, [{ creditLimitFen: 1_000_000_00, ...newcomer }]);
  const asked = { kind: 'REPAY', maxAmountFen: 1_000_000_00, until: '2030-01-01' };
  const { signingUrl } = await borrower!.door.post<{ signingUrl: string }>('/mandates', asked);
  await new Browser().visit(signingUrl, platform.customerApi.url, {});
  return borrower!;
}

/** Single sign-on by hand: to the platform, to the bank's page, its form, and back with a session. */
export async function logIn(customerApi: Door, customerNo: string): Promise<Door> {
  const browser = new Browser();
  const page = await browser.visit(`${customerApi.url}/login`, 'nowhere');
  const back = await browser.visit(page.url, `${customerApi.url}/login/callback`, { customerNo, password: 'demo' });
  const { response } = await browser.visit(back.url, 'nowhere');
  const session = response?.headers
    .getSetCookie()
    .map((line) => /^(rq_session=[^;]+)/.exec(line)?.[1])
    .find((found) => found !== undefined);
  if (response?.status !== 200 || session === undefined)
    throw new Error(`${customerNo} could not log in: ${response?.status} ${await response?.text()}`);
  return customerApi.as(customerNo, { cookie: session });
}

/** An insurer with its account and its mandate at the bank, known to the back office. */
export async function bringInsurer(
  { bank, office }: Pick<TestPlatform, 'bank' | 'office'>,
  balanceFen = 100_000_000,
): Promise<{ id: string; accountNo: string }> {
  const { accountNo } = await bank.post<{ accountNo: string }>('/sandbox/institutions', {
    name: '示例保险公司',
    kind: 'insurer',
    balanceFen,
  });
  const { id } = await office.operator.post<{ id: string }>('/institutions', { name: '示例保险公司', kind: 'insurer', accountNo });
  return { id, accountNo };
}
