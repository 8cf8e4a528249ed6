import { createBankSandbox, createDirectBank } from '#bank/direct-adapter';
import { answering, openDatabase } from '#platform/database';
import { createHttpApp } from '#platform/http';
import type { ProcessContext, StartedProcess } from '#platform/processes';
import { connectBank } from '#registers/bank-order';
import { bootstrapOperators, identityRows, sealer } from '#registers/identity';
import '../chain';
import { bankOptions } from '../bank-options';
import { backOfficeModule } from './back-office.module';
import { openapi } from './openapi';

/** Everything that the back office's process is. */
export async function serveOperators({ config, log }: ProcessContext<'back-office-api'>): Promise<StartedProcess> {
  const applicationName = 'back-office-api';
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName,
    role: 'app',
    entities: identityRows,
  });
  const bank = await createDirectBank(bankOptions(applicationName, config, log));
  connectBank(bank);
  if (config.BOOTSTRAP_OPERATORS !== undefined) await bootstrapOperators(database.work, config.BOOTSTRAP_OPERATORS);
  const sandbox = config.SANDBOX ? createBankSandbox({ url: config.BANK_URL }) : undefined;
  const module = backOfficeModule({
    work: database.work,
    bank,
    sealer: sealer(config.PERSONAL_DATA_KEY),
    ...(sandbox === undefined ? {} : { sandbox }),
  });
  const http = await createHttpApp(module, {
    name: applicationName,
    port: config.BACK_OFFICE_API_PORT,
    host: config.LISTEN_ADDRESS,
    openapi,
    log,
    health: { postgresql: answering(database.work) },
  });
  return {
    port: http.port,
    async stop() {
      await http.close();
      bank.disconnect();
      await database.close();
    },
  };
}
