import { createParamDecorator, Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isPublic } from '#platform/http';
import type { CustomerSession } from '#registers/identity';
import { PORTS } from './ports';
import type { CustomerApiPorts } from './ports';

/** Cookie of a logged-in customer; http-only, the token behind it is stored as a digest. */
export const SESSION_COOKIE = 'rq_session';
/** Cookie that binds a login's callback to the browser that started it. */
export const LOGIN_COOKIE = 'rq_login';

/** A request with the session that the guard has found. */
export interface CustomerRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  customer?: CustomerSession;
}

/** The logged-in customer of a request. */
export const Customer = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<CustomerRequest>().customer!,
);

/** Every route asks for a session unless it is marked `Public`: a route that somebody forgets to mark is closed, not open. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(PORTS) private readonly ports: CustomerApiPorts,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isPublic(this.reflector, context)) return true;
    const request = context.switchToHttp().getRequest<CustomerRequest>();
    const token = cookieOf(request, SESSION_COOKIE);
    request.customer = await this.ports.sessions.find(token);
    return true;
  }
}

/** One cookie of a request. */
export function cookieOf(request: CustomerRequest, name: string): string | undefined {
  const header = request.headers['cookie'];
  const text = Array.isArray(header) ? header.join('; ') : (header ?? '');
  for (const part of text.split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

/** A `Set-Cookie` value: http-only, same-site, secure outside the sandbox; `maxAgeSeconds` 0 deletes. */
export function setCookie(name: string, value: string, maxAgeSeconds: number, sandbox: boolean): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${sandbox ? '' : '; Secure'}`;
}
