import { bankInvariants } from './bank';
import type { Invariant } from './invariant';
import { ledgerInvariants } from './ledger';
import { lendingInvariants } from './lending';
import { machineInvariants } from './machine';
import { privacyInvariant } from './privacy';
import { raisingInvariants } from './raising';

export { compareWithBank } from './bank-books';
export type { BankAccount } from './bank-books';
export { booksDigest } from './digest';
export type { BooksDigest } from './digest';
export type { Difference, Finding, Invariant } from './invariant';

/** I1 to I20, in the order of their numbers: what `verify`, the tests and each night look at. */
export const invariants: readonly Invariant[] = [
  ...ledgerInvariants,
  ...raisingInvariants,
  ...lendingInvariants,
  ...bankInvariants,
  ...machineInvariants,
  privacyInvariant,
].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
