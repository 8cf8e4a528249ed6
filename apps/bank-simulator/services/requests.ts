import { z } from 'zod';
import { failed, succeeded, undecided } from '../answers';
import { closeRequest, findRequest, requestState } from '../requests';
import { acting, reading } from './service';
import { requestNo } from './shapes';

const shape = z.strictObject({ requestNo });

/** What stands under a request number now. */
export const requestsQuery = reading('requests/query', shape, async (session, bank, body) => {
  const request = await findRequest(session, bank.clock, body.requestNo);
  return request === undefined ? undecided('NOT_FOUND') : succeeded(requestState(request), bank.clock.now());
});

/** Closes a number for ever when nothing stands under it; otherwise answers what does. */
export const requestsClose = acting('requests/close', shape, async ({ tx, bank, requestNo: own }, body) => {
  const moment = bank.clock.now();
  // Its own number is in use by this very request.
  if (body.requestNo === own) return failed('REQUEST_CLOSED', moment);
  if ((await findRequest(tx, bank.clock, body.requestNo)) === undefined) await closeRequest(tx, body.requestNo);
  const request = await findRequest(tx, bank.clock, body.requestNo);
  return succeeded(requestState(request!), moment);
});
