export { accountKinds, entryKinds } from './kinds';
export type { AccountKind, EntryKind, EntryPhase } from './kinds';
export { accountsByNo, openAccounts, outsideAccount, OUTSIDE_ACCOUNT_NO } from './accounts';
export type { AccountKey, LedgerAccount } from './accounts';
export { post } from './posting';
export type { EntryDraft } from './posting';
export { endReservations, reserve } from './reservations';
export type { ReservationDraft } from './reservations';
export { ledgerRefusals } from './ledger.refusals';
