import type { WaysOut } from '#platform/http';

/** Opens an e-account: answers with the address of the bank's page. */
export const OPENING = 'POST /account/opening';
const LOGIN = 'GET /login';

/** Where a customer does what a refusal asks him for, by its code. */
export const waysOut: WaysOut = {
  E_ACCOUNT_MISSING: OPENING,
  BORROWER_ACCOUNT_MISSING: OPENING,
  SIGN_IN_REQUIRED: LOGIN,
  SIGN_IN_EXPIRED: LOGIN,
  SIGN_IN_DENIED: LOGIN,
};
