import type { IncomingMessage } from 'node:http';
import type { Bank } from '../bank';
import { problem, type Reply } from '../counter/http';
import { controlRoutes } from './controls';
import { customerRoutes } from './customers';
import { lookingRoutes } from './looking';
import { ownUseRoutes } from './own-use';
import { findRoute, type Route } from './route';

const ROUTES: readonly Route[] = [...controlRoutes, ...customerRoutes, ...lookingRoutes, ...ownUseRoutes];

/** The sandbox's controls: unsigned JSON, never in production. */
export async function serveSandbox(bank: Bank, request: IncomingMessage, url: URL, body: Buffer): Promise<Reply> {
  const found = findRoute(ROUTES, request.method ?? '', url.pathname);
  if (!('route' in found)) return found;
  let value: unknown;
  try {
    value = body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
  } catch {
    return problem(400, 'MALFORMED', '报文不是 JSON the body is no JSON');
  }
  return found.route.handle(bank, { params: found.params, query: url.searchParams, body: value });
}
