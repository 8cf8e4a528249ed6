import { z } from 'zod';
import type { Capabilities } from '#bank/wire';
import { succeeded } from '../answers';
import { ACCOUNTS } from '../bank';
import { DAY_CUT } from '../clock';
import { reading } from './service';

/** Most items of one batch. */
export const BATCH_LIMIT = 10_000;

/** What this bank is able to do; the adapter reads it at start and obeys it. */
export const capabilities = reading('capabilities', z.strictObject({}), async (_session, bank) => {
  const moment = bank.clock.now();
  const data: Capabilities = {
    holdModes: ['hold', 'debit'],
    factors: 4,
    batchLimit: BATCH_LIMIT,
    partialRelease: true,
    timestampToleranceSeconds: bank.options.timestampToleranceSeconds,
    settleWindowSeconds: bank.options.settleWindowSeconds,
    dayCut: DAY_CUT,
    requestsPerSecond: bank.options.requestsPerSecond,
    accounts: ACCOUNTS,
    bankTime: moment.time,
    bankDate: moment.date,
  };
  return succeeded(data, moment);
});
