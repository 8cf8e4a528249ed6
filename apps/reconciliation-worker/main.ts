import { openDatabase } from '#platform/database';
import { runProcess } from '#platform/processes';
import { checkChain, definedJobs, queueBackend, startWorker } from '#platform/queue';
import { checkOwners, connectBank } from '#registers/bank-order';
import { createDirectBank } from '#bank/direct-adapter';
import { fen } from '#kernel/money';
import { publishedCalendar } from '#kernel/time';
import { connectReconciliation } from '#watch/reconciliation';
import { tmpdir } from 'node:os';
import { handlers } from '../chain';
import { bankOptions } from '../bank-options';
import { startTimetable } from '../timetable';

/** Corrections above ¥100,000 wait for two people, however clear their rule is. */
const ADJUSTMENT_LIMIT = fen(10_000_000n);

/** End of day and reconciliation: the jobs of lane `day`, one at a time. */
runProcess('reconciliation-worker', async ({ config, log }) => {
  checkChain(handlers());
  checkOwners();
  const applicationName = 'reconciliation-worker';
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName,
    role: 'app',
    plansOnce: true,
  });
  const bank = await createDirectBank(bankOptions(applicationName, config, log));
  connectBank(bank);
  connectReconciliation({
    bank,
    platformNo: config.BANK_PLATFORM_NO,
    calendar: publishedCalendar,
    adjustmentLimit: ADJUSTMENT_LIMIT,
    temporaryFolder: tmpdir(),
    lookAgain: config.SANDBOX ? { firstMs: 200, longestMs: 5_000 } : { firstMs: 60_000, longestMs: 900_000 },
  });
  const backend = await queueBackend({
    databaseUrl: config.DATABASE_URL,
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    applicationName,
  });
  const worker = await startWorker({ database, backend, log, definitions: definedJobs(), lanes: ['day'] });
  const timetable = startTimetable(database.work, bank.capabilities, config.SANDBOX, (error) =>
    log.error({ err: error }, 'the timetable could not be looked at'),
  );
  return {
    async stop() {
      timetable.stop();
      await worker.stop();
      await backend.close();
      bank.disconnect();
      await database.close();
    },
  };
});
