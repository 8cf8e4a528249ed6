import { openDatabase } from '#platform/database';
import { runProcess } from '#platform/processes';
import { checkChain, definedJobs, lanes, queueBackend, startWorker } from '#platform/queue';
import { checkOwners, connectBank } from '#registers/bank-order';
import { createDirectBank } from '#bank/direct-adapter';
import { handlers } from '../chain';
import { bankOptions } from '../bank-options';

/** Jobs of every lane but `day`, and the relay that rings for them. */
runProcess('worker', async ({ config, log }) => {
  checkChain(handlers());
  checkOwners();
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName: 'worker',
    role: 'app',
    plansOnce: true,
  });
  const bank = await createDirectBank(bankOptions('worker', config, log));
  connectBank(bank);
  const backend = await queueBackend({
    databaseUrl: config.DATABASE_URL,
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    applicationName: 'worker',
  });
  const worker = await startWorker({ database, backend, log, definitions: definedJobs(), lanes: lanes.filter((lane) => lane !== 'day') });
  log.info({ backend: backend.kind }, 'the worker rings and answers');
  return {
    async stop() {
      await worker.stop();
      await backend.close();
      bank.disconnect();
      await database.close();
    },
  };
});
