import type { z } from 'zod';
import type { Bank } from '../bank';
import { json, problem, type Reply } from '../counter/http';

/** What a sandbox control gets: path parameters, query, and the body as JSON. */
export interface Asking {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Route {
  readonly method: string;
  /** `/sandbox/accounts/:accountNo/close` */
  readonly path: string;
  readonly handle: (bank: Bank, asking: Asking) => Promise<Reply>;
}

/** A control with a body: checked by its shape, refused with the first thing that is wrong. */
export function withBody<Shape extends z.ZodType>(
  method: string,
  path: string,
  shape: Shape,
  handle: (bank: Bank, body: z.output<Shape>, asking: Asking) => Promise<Reply>,
): Route {
  return {
    method,
    path,
    handle: async (bank, asking) => {
      const parsed = shape.safeParse(asking.body);
      if (parsed.success) return handle(bank, parsed.data, asking);
      const issue = parsed.error.issues[0];
      return problem(400, 'MALFORMED', `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is malformed'}`.trim());
    },
  };
}

export function get(path: string, handle: Route['handle']): Route {
  return { method: 'GET', path, handle };
}

/** Finds the control for a call; 404 for an unknown path, 405 for another method on a known one. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | Reply {
  let known = false;
  for (const route of routes) {
    const params = matched(route.path, path);
    if (params === undefined) continue;
    if (route.method === method) return { route, params };
    known = true;
  }
  return known
    ? problem(405, 'METHOD_NOT_ALLOWED', '方法不允许 not with this method')
    : problem(404, 'NO_SUCH_PATH', '没有此路径 there is no such path');
}

export const DONE: Reply = json(200, { done: true });

function matched(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(given[at]!);
    else if (part !== given[at]) return undefined;
  }
  return params;
}
