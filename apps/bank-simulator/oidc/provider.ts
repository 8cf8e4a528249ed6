import { generateKeyPair, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import Provider, { type AdapterPayload, type Configuration, type JWK } from 'oidc-provider';
import type { Bank } from '../bank';
import { send } from '../counter/http';
import { adapters } from './memory';
import { serveLogin } from './login';

/** The path under which the bank is an OpenID provider; its issuer is the bank's address and this. */
export const OIDC_PATH = '/oidc';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The bank's OpenID provider: authorization code with PKCE for one client, the platform. `sub` is the customer number. Keys are made at
 * the start: a restart ends every session.
 */
export async function openProvider(bank: Bank): Promise<Handler> {
  const provider = new Provider(`${bank.url()}${OIDC_PATH}`, configurationOf(bank, await newSigningKey()));
  const callback = provider.callback();
  return (request, response) => {
    const url = request.url ?? '';
    const uid = /^\/oidc\/login\/([A-Za-z0-9_-]+)$/.exec(url.split('?')[0]!)?.[1];
    if (uid !== undefined) {
      serveLogin(bank, provider, request, response).then(
        (reply) => reply !== undefined && send(response, reply),
        () =>
          send(response, { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '登录已过期 this login is over' }),
      );
      return;
    }
    // The provider finds out where it is mounted by comparing the original address with the one it is given.
    Object.assign(request, { originalUrl: url });
    request.url = url.slice(OIDC_PATH.length) || '/';
    void callback(request, response);
  };
}

const HOUR = 60 * 60;

function configurationOf(bank: Bank, key: JWK): Configuration {
  return {
    adapter: adapters((clientId) => clientOf(bank, clientId)),
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(24).toString('hex')], short: { path: '/oidc' }, long: { path: '/oidc' } },
    claims: { openid: ['sub'], profile: ['name'] },
    scopes: ['openid', 'profile'],
    pkce: { required: () => true },
    responseTypes: ['code'],
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `${OIDC_PATH}/login/${interaction.uid}` },
    ttl: { AccessToken: HOUR, AuthorizationCode: 60, Grant: HOUR, IdToken: HOUR, Interaction: HOUR, Session: HOUR },
    findAccount: async (_ctx, sub) => {
      const [customer] = await bank.reading.rows<{ name: string }>('select name from customer where customer_no = $1', [sub]);
      return customer === undefined ? undefined : { accountId: sub, claims: async () => ({ sub, name: customer.name }) };
    },
    // The platform is the bank's own: customers are not asked to consent, the grant is made with the login.
    loadExistingGrant: async (ctx) => {
      const { client, session, provider } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  };
}

function clientOf(bank: Bank, clientId: string): AdapterPayload | undefined {
  const { oidc } = bank.options;
  if (clientId !== oidc.clientId || bank.platform.redirectUris.length === 0) return undefined;
  return {
    client_id: oidc.clientId,
    client_secret: oidc.clientSecret,
    redirect_uris: [...bank.platform.redirectUris],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'RS256',
  };
}

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...(privateKey.export({ format: 'jwk' }) as JWK), use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') };
}
