import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import { withRequestId } from '#platform/logging';
import { httpRefusals } from './http.refusals';

/** Nesting that no body of ours needs. */
const MAX_DEPTH = 12;

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

/** The caller's `X-Request-Id` when it is sane (8 to 64 letters, digits, `-`, `_`, `.`), else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(header) ? header : newId();
}

/** What happens to every request and answer, whatever its route: the request id, safe headers, a look at the body's depth. */
export function watchRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    for (const [name, value] of Object.entries(HEADERS)) void reply.header(name, value);
    withRequestId(request.id, done);
  });
  // Reading a body leaves the first hook's context; from here on everything runs in this one.
  server.addHook('preValidation', (request, _reply, done) => {
    withRequestId(request.id, () => done(tooDeep(request) ? new Refusal(httpRefusals.REQUEST_TOO_DEEP) : undefined));
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}

function tooDeep(request: FastifyRequest): boolean {
  let level: unknown[] = [request.body];
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}
