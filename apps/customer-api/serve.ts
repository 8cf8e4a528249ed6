import { createDirectBank } from '#bank/direct-adapter';
import type { InvestorCaps } from '#journey/investment';
import { openDatabase } from '#platform/database';
import type { Work } from '#platform/database';
import { createHttpApp } from '#platform/http';
import type { Config } from '#platform/config';
import type { ProcessContext, StartedProcess } from '#platform/processes';
import { connectBank } from '#registers/bank-order';
import { CustomerSessions, identityRows, sealer, signOn } from '#registers/identity';
import type { SignOn } from '#registers/identity';
import '../chain';
import { bankOptions } from '../bank-options';
import { customerApiModule } from './customer-api.module';
import { openapi } from './openapi';
import type { CustomerApiPorts } from './ports';

/**
 * Everything that the customer API's process is. Who decides about orders is given: what measures the way of a request to the decision and back (`bench/`)
 * starts the same process with another one.
 */
export async function serveCustomers(
  { config, log }: ProcessContext<'customer-api'>,
  admissionOn: (work: Work, caps: InvestorCaps) => CustomerApiPorts['admission'],
): Promise<StartedProcess> {
  const applicationName = 'customer-api';
  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName,
    role: 'app',
    entities: identityRows,
  });
  const bank = await createDirectBank(bankOptions(config, log));
  connectBank(bank);
  const module = customerApiModule({
    work: database.work,
    bank,
    admission: admissionOn(database.work, capsOf(config)),
    sessions: new CustomerSessions(database.work),
    sealer: sealer(config.PERSONAL_DATA_KEY),
    sandbox: config.SANDBOX,
    signOn: rememberedSignOn(config),
    log,
  });
  const http = await createHttpApp(module, {
    name: applicationName,
    port: config.CUSTOMER_API_PORT,
    host: config.LISTEN_ADDRESS,
    openapi,
    log,
    rawBody: true,
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

function capsOf({ INVESTOR_TOTAL_CAP_FEN: total, INVESTOR_LISTING_CAP_FEN: perListing }: Config<'customer-api'>): InvestorCaps {
  return { ...(total === undefined ? {} : { total }), ...(perListing === undefined ? {} : { perListing }) };
}

/**
 * One client of the bank's provider per callback address, made when it is first needed: in the sandbox the address is known only when the port is, and a
 * client has asked the provider about itself once.
 */
function rememberedSignOn(config: Config<'customer-api'>): (redirectUri: string) => SignOn {
  const clients = new Map<string, SignOn>();
  return (callback) => {
    const redirectUri = config.OIDC_REDIRECT_URI ?? callback;
    const known = clients.get(redirectUri);
    if (known !== undefined) return known;
    const client = signOn({
      issuer: config.OIDC_ISSUER,
      clientId: config.OIDC_CLIENT_ID,
      clientSecret: config.OIDC_CLIENT_SECRET,
      redirectUri,
      sandbox: config.SANDBOX,
    });
    clients.set(redirectUri, client);
    return client;
  };
}
