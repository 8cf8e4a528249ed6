import { createDirectBank } from '#bank/direct-adapter';
import { Admission } from '#journey/investment';
import { openDatabase } from '#platform/database';
import { createHttpApp } from '#platform/http';
import type { Config } from '#platform/config';
import { runProcess } from '#platform/processes';
import { connectBank } from '#registers/bank-order';
import { identityRows, sealer, signOn } from '#registers/identity';
import type { SignOn } from '#registers/identity';
import '../chain';
import { bankOptions } from '../bank-options';
import { customerApiModule } from './customer-api.module';
import { openapi } from './openapi';

/** H5 pages of investors and borrowers, and the bank's notices. */
runProcess('customer-api', async ({ config, log }) => {
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
    admission: new Admission(database.work),
    sealer: sealer(config.PERSONAL_DATA_KEY),
    sandbox: config.SANDBOX,
    signOn: rememberedSignOn(config),
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
});

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
