import { z } from 'zod';
import { fenFromJson, type Fen } from '#kernel/money';
import { sha256Hex } from '#bank/wire';
import type { Bank } from '../bank';
import { openPage, OUTSIDE } from '../books/page';
import { json, problem } from '../counter/http';
import type { Tx } from '../database/cashier';
import { numbered } from '../numbers';
import { setCreditLimit } from '../services/financings';
import { number, text } from '../services/shapes';
import { withBody, type Route } from './route';

/** An integer number of fen in the sandbox's JSON. */
export const fenJson = z
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .transform((value): Fen => fenFromJson(value));

/** What every customer logs in with unless told otherwise. */
const SANDBOX_PASSWORD = 'demo';

const customer = z.strictObject({
  customerNo: number.optional(),
  name: text.min(1),
  kind: z.enum(['personal', 'enterprise']).default('personal'),
  balanceFen: fenJson.optional(),
  eAccount: z.boolean().default(true),
  creditLimitFen: fenJson.optional(),
  password: z.string().min(1).max(200).default(SANDBOX_PASSWORD),
});

const institution = z.strictObject({
  customerNo: number.optional(),
  name: text.min(1),
  kind: z.enum(['insurer', 'guarantor']).default('insurer'),
  balanceFen: fenJson.optional(),
  /** Signed by contract, offline: the institution may be charged for advances and for premiums that go back. */
  mandates: z.array(z.enum(['ADVANCE', 'RETURN'])).default(['ADVANCE', 'RETURN']),
});

interface Newcomer {
  readonly customerNo: string;
  readonly accountNo: string | null;
  readonly name: string;
  readonly kind: 'personal' | 'enterprise' | 'institution';
  readonly accountKind: 'E' | 'I';
  readonly balance: Fen | undefined;
  readonly password: string;
}

/** `POST /sandbox/customers`: one, or up to 5,000 in an array; a balance comes by a `TOP_UP` line. */
const createCustomers = withBody('POST', '/sandbox/customers', z.union([customer, z.array(customer).min(1).max(5000)]), (bank, body) =>
  bank.cashier.serve(async (tx) => {
    const asked = Array.isArray(body) ? body : [body];
    const newcomers: Newcomer[] = [];
    for (const one of asked) {
      newcomers.push({
        customerNo: one.customerNo ?? numbered('C', await bank.people.next()),
        accountNo: one.eAccount ? numbered('62', await bank.people.next()) : null,
        name: one.name,
        kind: one.kind,
        accountKind: 'E',
        balance: one.balanceFen,
        password: one.password,
      });
    }
    const taken = await enter(tx, bank, newcomers);
    if (taken !== undefined) return problem(409, 'CUSTOMER_EXISTS', `客户号已存在 customer ${taken} exists`);
    for (const [at, one] of asked.entries()) {
      if (one.creditLimitFen !== undefined) await setCreditLimit(tx, newcomers[at]!.customerNo, one.creditLimitFen);
    }
    const created = newcomers.map(({ customerNo, accountNo, name, kind }) => ({ customerNo, accountNo, name, kind }));
    return json(201, Array.isArray(body) ? created : created[0]);
  }),
);

/** `POST /sandbox/institutions`: an insurer or a guarantee company with its account at this bank. */
const createInstitution = withBody('POST', '/sandbox/institutions', institution, (bank, body) =>
  bank.cashier.serve(async (tx) => {
    const newcomer: Newcomer = {
      customerNo: body.customerNo ?? numbered('C', await bank.people.next()),
      accountNo: numbered('80', await bank.people.next()),
      name: body.name,
      kind: 'institution',
      accountKind: 'I',
      balance: body.balanceFen,
      password: SANDBOX_PASSWORD,
    };
    const taken = await enter(tx, bank, [newcomer]);
    if (taken !== undefined) return problem(409, 'CUSTOMER_EXISTS', `客户号已存在 customer ${taken} exists`);
    const mandates: { mandateNo: string; kind: string }[] = [];
    for (const kind of body.mandates) {
      const mandateNo = numbered('M', await bank.numbers.next());
      await tx.rows(
        `insert into mandate (mandate_no, account_no, corporate, kind, max_fen, until, status, return_url)
         values ($1, $2, 'null', $3, 99999999999999, '9999-12-31', 'ACTIVE', '')`,
        [mandateNo, newcomer.accountNo, kind],
      );
      mandates.push({ mandateNo, kind });
    }
    return json(201, { customerNo: newcomer.customerNo, accountNo: newcomer.accountNo, name: body.name, mandates });
  }),
);

/** Enters customers and their accounts in sets. The number that is taken already, if any: then nothing is entered. */
async function enter(tx: Tx, bank: Bank, newcomers: readonly Newcomer[]): Promise<string | undefined> {
  const numbers = newcomers.map((one) => one.customerNo);
  const [known] = await tx.rows<{ customer_no: string }>('select customer_no from customer where customer_no = any($1)', [numbers]);
  if (known !== undefined) return known.customer_no;
  const twin = numbers.find((no, at) => numbers.indexOf(no) !== at);
  if (twin !== undefined) return twin;
  const people = newcomers.map((one) => ({ no: one.customerNo, name: one.name, kind: one.kind, password: sha256Hex(one.password) }));
  await tx.rows(
    `insert into customer (customer_no, name, kind, password_sha256)
     select no, name, kind, password from json_to_recordset($1::json) as c (no text, name text, kind text, password text)`,
    [JSON.stringify(people)],
  );
  const owners = newcomers.filter((one) => one.accountNo !== null);
  const accounts = owners.map((one) => ({ no: one.accountNo, kind: one.accountKind, customer: one.customerNo, name: one.name }));
  await tx.rows(
    `with entered as (
       insert into account (account_no, kind, customer_no, name, status, bound_card)
       select no, kind, customer, name, 'ACTIVE', case when kind = 'E' then '622202' || right('000000000000' || right(no, 10), 12) else '' end
       from json_to_recordset($1::json) as a (no text, kind text, customer text, name text)
       returning account_no, kind
     )
     insert into position (account_no, listing_no, kind, total_fen, moved_on) select account_no, '', kind, 0, $2 from entered`,
    [JSON.stringify(accounts), bank.clock.openDay()],
  );
  await fund(tx, bank, owners);
  return undefined;
}

async function fund(tx: Tx, bank: Bank, owners: readonly Newcomer[]): Promise<void> {
  const rich = owners.filter((one) => (one.balance ?? 0n) > 0n);
  if (rich.length === 0) return;
  const page = await openPage(
    tx,
    bank,
    rich.map((one) => one.accountNo!),
  );
  for (const one of rich) await page.move(page.account(OUTSIDE)!, page.account(one.accountNo!)!, one.balance!, { kind: 'TOP_UP' });
  await page.write();
}

const setLimit = withBody(
  'POST',
  '/sandbox/customers/:customerNo/credit-limit',
  z.strictObject({ limitFen: fenJson }),
  (bank, body, { params }) =>
    bank.cashier.serve(async (tx) => {
      const [known] = await tx.rows('select 1 from customer where customer_no = $1', [params['customerNo']]);
      if (known === undefined) return problem(404, 'NO_SUCH_CUSTOMER', '客户不存在 there is no such customer');
      const set = await setCreditLimit(tx, params['customerNo']!, body.limitFen);
      return set ? json(200, { done: true }) : problem(409, 'LIMIT_IN_USE', '额度已用超过该值 more than that is in use');
    }),
);

export const customerRoutes: readonly Route[] = [createCustomers, createInstitution, setLimit];
