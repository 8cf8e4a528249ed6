import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

/** What the issuer puts into its next ID token, and how it signs it. */
export interface NextToken {
  claims: Record<string, unknown>;
  alg: string;
  key: CryptoKey | Uint8Array;
}

/** An issuer whose every word is the test's: to see which of its mistakes and lies are noticed. */
export interface RawIssuer {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly key: CryptoKey;
  /** Set before the code is exchanged. */
  next: NextToken;
  /** Answer of the token endpoint in place of a token; an HTTP status and a body. */
  failure: { status: number; body: string } | undefined;
  /** Follows the browser to the issuer: remembers the challenge. @returns the query that it comes back with */
  visit(url: string): string;
  close(): Promise<void>;
}

export async function rawIssuer(): Promise<RawIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bank-1', alg: 'RS256', use: 'sig' };
  let challenge = '';
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const raw: RawIssuer = {
    issuer,
    clientId: 'rongqiao',
    clientSecret: 'secret of the client',
    key: privateKey,
    next: { claims: {}, alg: 'RS256', key: privateKey },
    failure: undefined,
    visit(url) {
      const asked = new URL(url).searchParams;
      if (asked.get('code_challenge_method') !== 'S256') throw new Error('no PKCE with S256');
      challenge = asked.get('code_challenge') ?? '';
      return `?${new URLSearchParams({ code: 'the-code', state: asked.get('state') ?? '', iss: issuer }).toString()}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') return json(200, metadata(issuer));
    if (request.url === '/jwks') return json(200, { keys: [jwk] });
    const form = new URLSearchParams(await bodyOf(request));
    if (raw.failure !== undefined)
      return void response.writeHead(raw.failure.status, { 'content-type': 'application/json' }).end(raw.failure.body);
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (form.get('code') !== 'the-code' || verifier !== challenge) return json(400, { error: 'invalid_grant' });
    json(200, { access_token: 'a', token_type: 'bearer', id_token: await idToken() });
  }

  async function idToken(): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'rongqiao', sub: 'C0001', iat: now, exp: now + 60, auth_time: now - 5, ...raw.next.claims };
    if (raw.next.alg === 'none') return `${encoded({ alg: 'none' })}.${encoded(claims)}.`;
    return new SignJWT(claims).setProtectedHeader({ alg: raw.next.alg, kid: 'bank-1' }).sign(raw.next.key);
  }

  return raw;
}

function metadata(issuer: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256'],
    authorization_response_iss_parameter_supported: true,
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
