import { CustomerRow } from './customer.row';
import { OperatorRow } from './operator.row';

/** The entities of this register, for a process that names its entities instead of taking every loaded one. */
export const identityRows = [CustomerRow, OperatorRow];
