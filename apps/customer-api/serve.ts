import { createDirectBank } from '#bank/direct-adapter';
import type { InvestorCaps } from '#journey/investment';
import { answering, openDatabase } from '#platform/database';
import type { Work } from '#platform/database';
import { createHttpApp } from '#platform/http';
import type { HttpAppOptions } from '#platform/http';
import type { Config } from '#platform/config';
import type { ProcessContext, StartedProcess } from '#platform/processes';
import { connectBank } from '#registers/bank-order';
import { CustomerSessions, identityRows, sealer } from '#registers/identity';
import '../chain';
import { bankOptions } from '../bank-options';
import { customerApiModule } from './customer-api.module';
import { openapi } from './openapi';
import type { CustomerApiPorts } from './ports';
import { PublicAddress } from './public-address';
import { waysOut } from './ways-out';

/**
 * Everything that the customer API's process is. Who decides about orders is given: what measures the way of a request to the decision and back (`bench/`)
 * starts the same process with another one. What its health is asked for may differ there as well, where the shortest way of a request is measured.
 */
export async function serveCustomers(
  { config, log }: ProcessContext<'customer-api'>,
  admissionOn: (work: Work, caps: InvestorCaps) => CustomerApiPorts['admission'],
  healthOf: (work: Work) => HttpAppOptions['health'] = (work) => ({ postgresql: answering(work) }),
): Promise<StartedProcess> {
  const applicationName = 'customer-api';
  const address = new PublicAddress(config);
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName,
    role: 'app',
    entities: identityRows,
  });
  const bank = await createDirectBank(bankOptions(applicationName, config, log));
  connectBank(bank);
  const module = customerApiModule({
    work: database.work,
    bank,
    admission: admissionOn(database.work, capsOf(config)),
    sessions: new CustomerSessions(database.work),
    sealer: sealer(config.PERSONAL_DATA_KEY),
    sandbox: config.SANDBOX,
    publicUrl: () => address.url(),
    signOn: () => address.signOn(),
    log,
  });
  const http = await createHttpApp(module, {
    name: applicationName,
    port: config.CUSTOMER_API_PORT,
    host: config.LISTEN_ADDRESS,
    openapi,
    log,
    rawBody: true,
    ways: waysOut,
    health: healthOf(database.work) ?? {},
  });
  address.listeningOn(http.port);
  return {
    port: http.port,
    async stop() {
      await http.close();
      bank.disconnect();
      await database.close();
    },
  };
}

function capsOf({ INVESTOR_TOTAL_CAP_FEN: total, INVESTOR_LISTING_CAP_FEN: perListing }: Config<'customer-api'>): InvestorCaps {
  return { ...(total === undefined ? {} : { total }), ...(perListing === undefined ? {} : { perListing }) };
}
