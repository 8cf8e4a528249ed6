import { orderRefusals } from '#journey/investment';

/**
 * Everything that `POST /listings/{listingId}/orders` can be refused for by us, in the order in which a customer hears of it: can it be read, is it somebody's, has it
 * a key, can it be about a listing, is it well formed; then the door's own order. The first that is wrong is told, whatever else is.
 */
export const refusalsOfAnOrder: readonly string[] = [
  'MEDIA_TYPE_UNSUPPORTED',
  'REQUEST_TOO_LARGE',
  'REQUEST_MALFORMED',
  'SIGN_IN_REQUIRED',
  'IDEMPOTENCY_KEY_MISSING',
  'IDEMPOTENCY_KEY_INVALID',
  'NOT_FOUND',
  'REQUEST_INVALID',
  ...orderRefusals,
];
