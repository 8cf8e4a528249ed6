import type { AccountState } from '#bank/port';
import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { tell } from '#platform/queue';
import { accountMoved } from './facts';
import { identityRefusals } from './identity.refusals';
import { maskName } from './masking';
import * as rows from './persistence/customer.repository';
import type { CustomerRow } from './persistence/customer.row';
import type { Sealer } from './sealed';

/** A customer as everybody above sees him: no personal data in clear. */
export interface Customer {
  readonly id: Uuid;
  /** The bank's number for him. */
  readonly customerNo: string;
  readonly kind: 'personal' | 'enterprise';
  readonly nameMasked: string | null;
  /** His e-account 电子账户; null as long as he has none. */
  readonly accountNo: string | null;
  readonly accountStatus: AccountState['status'];
}

export interface NewCustomer {
  readonly customerNo: string;
  readonly kind?: Customer['kind'];
  readonly name?: string;
}

/** The customer of a bank number, or `undefined` when he has never come here. */
export async function customerByNo(tx: Tx, customerNo: string): Promise<Customer | undefined> {
  return customerOf(await rows.findByNo(tx, customerNo));
}

/** The customer who owns an e-account. */
export async function customerByAccountNo(tx: Tx, accountNo: string): Promise<Customer | undefined> {
  return customerOf(await rows.findByAccountNo(tx, accountNo));
}

/** @throws Refusal CUSTOMER_NOT_FOUND */
export async function customerById(tx: Tx, id: Uuid): Promise<Customer> {
  const [customer] = await customersByIds(tx, [id]);
  if (customer === undefined) throw new Refusal(identityRefusals.CUSTOMER_NOT_FOUND);
  return customer;
}

/** Those of the customers whom we know, in no particular order. */
export async function customersByIds(tx: Tx, ids: readonly Uuid[]): Promise<Customer[]> {
  return (await rows.findByIds(tx, ids)).map(readCustomer);
}

/**
 * The customer whom the bank has sent, created at his first login (`meetCustomer` when the bank pushes a financing for him before). A name, when there is one, is
 * kept sealed and masked, and never overwritten.
 */
export async function admitCustomer(tx: Tx, { customerNo, kind = 'personal', name }: NewCustomer, sealer: Sealer): Promise<Customer> {
  const sealed = name === undefined ? null : sealer.seal(name, placeOfName(customerNo));
  const masked = name === undefined ? null : kind === 'personal' ? maskName(name) : name;
  await rows.add(tx, { customer_no: customerNo, kind, name_sealed: sealed, name_masked: masked });
  const admitted = await customerByNo(tx, customerNo);
  if (admitted === undefined) throw new Refusal(identityRefusals.CUSTOMER_NOT_FOUND);
  return admitted;
}

/** The customer of a number that the bank has named to us, known by nothing else as long as he has not logged in. */
export async function meetCustomer(tx: Tx, customerNo: string): Promise<Customer> {
  await rows.add(tx, { customer_no: customerNo, kind: 'personal', name_sealed: null, name_masked: null });
  return (await customerByNo(tx, customerNo))!;
}

/** The name in clear; whoever asks needs the right to, and leaves an audit record. `undefined` when we do not have it. */
export async function customerName(tx: Tx, id: Uuid, sealer: Sealer): Promise<string | undefined> {
  const [row] = await rows.findByIds(tx, [id]);
  if (row === undefined || row.name_sealed === null) return undefined;
  return sealer.open(row.name_sealed, placeOfName(row.customer_no));
}

/** Takes over what the bank says of a customer's e-account. The bank is right. */
export async function refreshEAccount(tx: Tx, customerId: Uuid, state: AccountState): Promise<Customer> {
  await refreshEAccounts(tx, [{ customerId, state }]);
  return customerById(tx, customerId);
}

/** As `refreshEAccount`, of a set. Tells whose account is another one than before. A customer who has no account keeps the number of the one he had: money may still lie under it. */
export async function refreshEAccounts(
  tx: Tx,
  told: readonly { readonly customerId: Uuid; readonly state: AccountState }[],
): Promise<void> {
  if (told.length === 0) return;
  const known = new Map(
    (
      await rows.findByIds(
        tx,
        told.map(({ customerId }) => customerId),
      )
    ).map((row) => [row.id, row]),
  );
  const moved = told.filter(({ customerId, state }) => hasMoved(known.get(customerId)?.e_account_no, state.accountNo));
  const subjects = moved.map(({ customerId }) => ({ subject: customerId, key: newId() }));
  if (subjects.length > 0) await tell(tx, accountMoved, subjects);
  await rows.writeAccounts(
    tx,
    told.map(({ customerId, state }) => ({
      id: customerId,
      e_account_no: state.accountNo ?? known.get(customerId)?.e_account_no ?? null,
      e_account_status: state.status,
    })),
  );
}

/** Another number than the one he had; a first account is none. */
function hasMoved(before: string | null | undefined, now: string | null): boolean {
  return now !== null && before !== null && before !== undefined && now !== before;
}

function customerOf(row: CustomerRow | null): Customer | undefined {
  return row === null ? undefined : readCustomer(row);
}

function readCustomer(row: CustomerRow): Customer {
  return {
    id: row.id,
    customerNo: row.customer_no,
    kind: row.kind,
    nameMasked: row.name_masked,
    accountNo: row.e_account_no,
    accountStatus: row.e_account_status,
  };
}

function placeOfName(customerNo: string): string {
  return `customer.name/${customerNo}`;
}
