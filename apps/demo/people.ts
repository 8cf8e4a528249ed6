import { addFen, fen, mulDiv, type Fen } from '#kernel/money';
import type { Bank } from './bank';
import { Customer } from './customer';
import type { MarketplaceRow } from './marketplace-file';
import { inParallel } from './parallel';

/** Logins at once: each is a dance of six requests between browser, platform and bank. */
const LOGINS_AT_ONCE = 8;

/** Every so-manieth investor comes without an e-account and opens one on the bank's page. */
const WITHOUT_ACCOUNT_EVERY = 60;

/** What an investor who opens his account himself puts into it, and everybody else beyond what he will invest. */
const SPARE: Fen = fen(5_000_00);

/** Creates the investors at the bank and lets each log in through the provider. */
export async function bringInvestors(
  bank: Bank,
  customerApiUrl: string,
  { wealth, firstListing, told }: Arrival,
): Promise<{ readonly investors: Customer[]; readonly withoutAccount: number }> {
  const created = await bank.createCustomers(
    wealth.map((needed, index) =>
      comesWithoutAccount(index)
        ? { name: nameOf('投资人', index), hasAccount: false }
        : { name: nameOf('投资人', index), balance: plusSpare(needed) },
    ),
  );
  let count = 0;
  let withoutAccount = 0;
  const investors = await inParallel(created, LOGINS_AT_ONCE, async ({ customerNo, name, accountNo }, index) => {
    const customer = new Customer(customerApiUrl, customerNo, name, accountNo);
    await customer.logIn();
    if (accountNo === null) {
      await beSentToTheBank(customer, firstListing);
      await openAndFill(bank, customer, plusSpare(wealth[index]!));
      withoutAccount += 1;
    }
    count += 1;
    told(count);
    return customer;
  });
  return { investors, withoutAccount };
}

/** How the investors arrive. */
interface Arrival {
  /** What each will need for his orders. */
  readonly wealth: readonly Fen[];
  /** A listing that is open: whoever has no account yet tries it. */
  readonly firstListing: string;
  readonly told: (count: number) => void;
}

/** A borrower per candidate, with a credit line for what he asks; his balance is what he has put aside. */
export async function bringBorrowers(bank: Bank, customerApiUrl: string, rows: readonly MarketplaceRow[]): Promise<Customer[]> {
  const created = await bank.createCustomers(
    rows.map(({ row, amount }) => ({ name: nameOf('融资人', row), balance: SPARE, creditLimit: mulDiv(amount, 3n, 2n, 'ceiling') })),
  );
  return inParallel(created, LOGINS_AT_ONCE, async ({ customerNo, name, accountNo }) => {
    const customer = new Customer(customerApiUrl, customerNo, name, accountNo);
    await customer.logIn();
    return customer;
  });
}

function comesWithoutAccount(index: number): boolean {
  return index % WITHOUT_ACCOUNT_EVERY === WITHOUT_ACCOUNT_EVERY - 1;
}

/** He orders before he has an e-account, and is told to open one. */
async function beSentToTheBank(customer: Customer, listingId: string): Promise<void> {
  const answer = await customer.order(listingId, fen(10_000), false);
  if (answer.ok || answer.problem.code !== 'E_ACCOUNT_MISSING') {
    throw new Error(`没有电子账户却可下单 ${customer.customerNo} has no e-account and was not told so: ${answer.status}`);
  }
}

async function openAndFill(bank: Bank, customer: Customer, amount: Fen): Promise<void> {
  await customer.openAccount();
  customer.accountNo = await bank.accountNoOf(customer.customerNo);
  await bank.move(customer.accountNo, 'TOP_UP', amount, 'in');
}

/** Something more than he plans to invest: a gap is filled by whoever has money left. */
function plusSpare(amount: Fen): Fen {
  return addFen(mulDiv(amount, 11n, 10n, 'ceiling'), SPARE);
}

function nameOf(role: string, index: number): string {
  return `${role}${index + 1}`;
}
