import { createHash, randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';

/** A customer with an active e-account. */
export interface Person {
  readonly id: Uuid;
  readonly customerNo: string;
  readonly accountNo: string;
}

/** An investor as the load knows him: the token behind his cookie. */
export interface Investor {
  readonly customerId: Uuid;
  readonly token: string;
}

/** Customers that the bank makes at once. */
const AT_ONCE = 1_000;

/** Makes customers at the simulated bank, each with an e-account and a balance in fen, and writes them down here. @throws Error when the bank does not */
export async function bringPeople(bankUrl: string, owner: Client, balances: readonly number[]): Promise<Person[]> {
  const people: Person[] = [];
  for (let start = 0; start < balances.length; start += AT_ONCE) {
    const wanted = balances.slice(start, start + AT_ONCE).map((balanceFen) => ({ name: '投资人', balanceFen }));
    const response = await fetch(`${bankUrl}/sandbox/customers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    });
    if (!response.ok) throw new Error(`the bank makes no customers: ${await response.text()}`);
    const made = (await response.json()) as { readonly customerNo: string; readonly accountNo: string }[];
    people.push(...made.map(({ customerNo, accountNo }) => ({ id: newId(), customerNo, accountNo })));
  }
  await writePeople(owner, people);
  return people;
}

/** Writes customers into the table, as a set. */
export async function writePeople(owner: Client, people: readonly Person[]): Promise<void> {
  await owner.query(CUSTOMERS, [
    people.map(({ id }) => id),
    people.map(({ customerNo }) => customerNo),
    people.map(({ accountNo }) => accountNo),
  ]);
  await owner.query('VACUUM ANALYZE customer');
}

/** Leaves a session for each customer, as his login through the bank would, written as a set. */
export async function logIn(owner: Client, ids: readonly Uuid[]): Promise<Investor[]> {
  const investors = ids.map((customerId) => ({ customerId, token: randomBytes(32).toString('base64url') }));
  await owner.query(SESSIONS, [ids, investors.map(({ token }) => createHash('sha256').update(token).digest('hex'))]);
  await owner.query('VACUUM ANALYZE customer_session');
  return investors;
}

const CUSTOMERS = `
  INSERT INTO customer (id, customer_no, e_account_no, e_account_status)
  SELECT id, customer_no, account_no, 'ACTIVE' FROM unnest($1::uuid[], $2::text[], $3::text[]) AS c (id, customer_no, account_no)`;

/** Last seen at any time of the last minute, so that the notes of their next use do not come all at once. */
const SESSIONS = `
  INSERT INTO customer_session (token_digest, customer_id, auth_time, seen_at, expires_at)
  SELECT digest, id, clock_timestamp(), clock_timestamp() - random() * interval '1 minute', clock_timestamp() + interval '12 hours'
  FROM unnest($1::uuid[], $2::text[]) AS s (id, digest)`;
