import type { IncomingMessage, ServerResponse } from 'node:http';
import { serviceOf } from '#bank/wire';
import type { Bank } from '../bank';
import type { Handler } from '../oidc/provider';
import { serveSandbox } from '../sandbox/serving';
import { serveRequest } from './desk';
import { DROPPED, json, problem, readBody, send, type Reply } from './http';
import { servePage } from './pages';

const BODY_LIMIT = 16 * 1024 * 1024;

/** Everything that the bank serves on its one port: the wire, the sandbox, its pages for customers, the OpenID provider. */
export function handlerOf(bank: Bank, oidc: () => Handler | undefined): Handler {
  return (request, response) => {
    const provider = request.url?.startsWith('/oidc/') === true ? oidc() : undefined;
    if (provider !== undefined) return provider(request, response);
    serve(bank, request).then(
      (reply) => send(response, reply),
      (reason: unknown) => fail(response, reason),
    );
  };
}

async function serve(bank: Bank, request: IncomingMessage): Promise<Reply | typeof DROPPED> {
  const url = new URL(request.url ?? '/', 'http://bank');
  const body = await readBody(request, BODY_LIMIT);
  if (body === undefined) return problem(413, 'TOO_LARGE', '报文过大 the body is too large');
  const service = serviceOf(url.pathname);
  if (service !== undefined) {
    if (request.method !== 'POST') return problem(405, 'METHOD_NOT_ALLOWED', '方法不允许 services are called by POST');
    return serveRequest(bank, request, service, body);
  }
  if (url.pathname.startsWith('/sandbox/')) return serveSandbox(bank, request, url, body);
  if (url.pathname.startsWith('/pages/')) return servePage(bank, request.method ?? '', url);
  if (url.pathname === '/health') return health(bank);
  return problem(404, 'NO_SUCH_PATH', '没有此路径 there is no such path');
}

async function health(bank: Bank): Promise<Reply> {
  await bank.reading.rows('select 1');
  return json(200, { status: 'ok', bankDate: bank.clock.openDay() });
}

/** What nobody foresaw: nobody knows whether it was done, and the answer says so by saying nothing of it. */
function fail(response: ServerResponse, reason: unknown): void {
  process.stderr.write(`bank simulator: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
  if (!response.headersSent) send(response, problem(500, 'INTERNAL', '系统错误 something broke'));
}
