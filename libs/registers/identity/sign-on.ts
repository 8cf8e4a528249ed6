import * as oidc from 'openid-client';
import { Outage, Refusal } from '#kernel/faults';
import { refuseInsideTransaction } from '#platform/database';
import { identityRefusals } from './identity.refusals';
import type { LoginSecrets } from './login-attempts';

export interface SignOnOptions {
  /** The bank's issuer; its metadata lie below it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the bank sends the browser back to, exactly as registered there. */
  readonly redirectUri: string;
  /** Allows plain http, and only to an issuer on this machine: by a loopback address or a name that can mean nothing else (RFC 6761). */
  readonly sandbox?: boolean;
}

export interface StartedLogin extends LoginSecrets {
  /** The bank's page to which the browser goes. */
  readonly url: string;
}

/** Whom the bank has named. */
export interface SignedOn {
  readonly customerNo: string;
  /** When he proved who he is. */
  readonly authTime: Date;
  /** His name, when the bank tells it: personal data, to be sealed at once. */
  readonly name?: string;
}

/** The bank's single sign-on. Both methods speak HTTP to the bank: never inside a transaction. */
export interface SignOn {
  /**
   * Begins an attempt.
   * @param freshWithinSeconds asks the bank to have the customer prove himself again when he last did longer ago than this
   */
  startLogin(freshWithinSeconds?: number): Promise<StartedLogin>;
  /**
   * Ends an attempt with what the browser brought back: `state`, code, issuer, signature, audience, algorithm, nonce, all checked.
   * @param callback the address, or its query, to which the bank sent the browser
   * @throws Refusal SIGN_IN_DENIED when the bank or a check says no; Outage when the bank cannot be asked now
   */
  finishLogin(callback: string, attempt: LoginSecrets): Promise<SignedOn>;
}

const TIMEOUT_SECONDS = 10;
/** The one algorithm that the bank signs ID tokens with; a token with another one is refused, `none` above all. */
const ALGORITHM = 'RS256';
/** An older login at the bank opens no session here: as old as a session of ours may become. */
const OLDEST_LOGIN_SECONDS = 12 * 60 * 60;

/** @throws Outage with one sentence when the issuer is not one that may be used */
export function signOn(options: SignOnOptions): SignOn {
  const insecure = checkIssuer(options);
  let connecting: Promise<oidc.Configuration> | undefined;
  const connected = async (): Promise<oidc.Configuration> => {
    connecting ??= discover(options, insecure);
    try {
      return await connecting;
    } catch (error) {
      connecting = undefined;
      throw new Outage("the bank's single sign-on does not answer", { cause: error });
    }
  };
  return {
    async startLogin(freshWithinSeconds = OLDEST_LOGIN_SECONDS) {
      refuseInsideTransaction('single sign-on');
      const secrets = { state: oidc.randomState(), nonce: oidc.randomNonce(), codeVerifier: oidc.randomPKCECodeVerifier() };
      const url = oidc.buildAuthorizationUrl(await connected(), {
        redirect_uri: options.redirectUri,
        scope: 'openid profile',
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(secrets.codeVerifier),
        code_challenge_method: 'S256',
        max_age: String(freshWithinSeconds),
      });
      return { ...secrets, url: url.href };
    },
    async finishLogin(callback, attempt) {
      refuseInsideTransaction('single sign-on');
      const configuration = await connected();
      try {
        return await exchange(configuration, answerAt(options.redirectUri, callback), attempt);
      } catch (error) {
        throw asFault(error);
      }
    },
  };
}

function checkIssuer({ issuer, sandbox }: SignOnOptions): boolean {
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:') return false;
  // Nobody can own a name below `localhost`: a browser takes it for this machine, and containers of one machine may share it.
  const isHere = /^([a-z0-9-]+\.)*localhost$/.test(hostname) || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  if (protocol === 'http:' && isHere && sandbox === true) return true;
  throw new Outage(
    `the issuer ${issuer} is not used: OIDC_ISSUER has to begin with https:// (plain http only in the sandbox, on this machine: localhost, a name below it, or a loopback address).`,
  );
}

async function discover(options: SignOnOptions, insecure: boolean): Promise<oidc.Configuration> {
  const metadata = { id_token_signed_response_alg: ALGORITHM, redirect_uris: [options.redirectUri] };
  const secret = oidc.ClientSecretBasic(options.clientSecret);
  const execute = [oidc.enableNonRepudiationChecks, ...(insecure ? [oidc.allowInsecureRequests] : [])];
  return oidc.discovery(new URL(options.issuer), options.clientId, metadata, secret, { execute, timeout: TIMEOUT_SECONDS });
}

/** The registered address with the query that came: behind a proxy the address that we see is not the one that the bank knows. */
function answerAt(redirectUri: string, callback: string): URL {
  const answer = new URL(redirectUri);
  answer.search = callback.startsWith('?') ? callback : new URL(callback, redirectUri).search;
  return answer;
}

async function exchange(configuration: oidc.Configuration, answer: URL, attempt: LoginSecrets): Promise<SignedOn> {
  const tokens = await oidc.authorizationCodeGrant(configuration, answer, {
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    pkceCodeVerifier: attempt.codeVerifier,
    maxAge: OLDEST_LOGIN_SECONDS,
  });
  const claims = tokens.claims();
  if (claims?.auth_time === undefined) throw new Refusal(identityRefusals.SIGN_IN_DENIED);
  const { sub, auth_time: authTime, name } = claims;
  return { customerNo: sub, authTime: new Date(authTime * 1000), ...(typeof name === 'string' && name !== '' ? { name } : {}) };
}

/** What says no to this customer, by the library's codes; everything else is the world's failure and may be tried again. */
const DENIALS = new Set([
  'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

function asFault(error: unknown): Error {
  if (error instanceof Refusal) return error;
  const { code, error: word } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly error?: unknown;
  };
  const denied = typeof code === 'string' && (DENIALS.has(code) || (code === 'OAUTH_RESPONSE_BODY_ERROR' && word === 'invalid_grant'));
  if (denied) return new Refusal(identityRefusals.SIGN_IN_DENIED);
  return new Outage(`the bank's single sign-on could not be finished: ${String(code ?? error)}`, { cause: error });
}
