import { createParamDecorator, Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Refusal } from '#kernel/faults';
import { httpRefusals, isPublic } from '#platform/http';
import { operatorSession } from '#registers/identity';
import type { Operator, OperatorRole } from '#registers/identity';
import { PORTS } from './ports';
import type { BackOfficePorts } from './ports';

const ROLES = 'rongqiao:roles';

/** Who may call a route; an operator needs one of the roles. A route without this is for nobody. */
export const Roles = (...roles: readonly OperatorRole[]) => SetMetadata(ROLES, roles);

/** Everybody who works in the back office, to look. */
export const EVERYBODY: readonly OperatorRole[] = ['reviewer_1', 'reviewer_2', 'operator', 'checker', 'auditor', 'administrator'];

/** A request with the operator whom the guard has found. */
export interface OperatorRequest {
  readonly id: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  operator?: Operator;
}

/** The operator of a request. */
export const CurrentOperator = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<OperatorRequest>().operator!,
);

/** First the session (401), then the role (403). A route that names no role refuses everybody: forgetting to mark it closes it. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(PORTS) private readonly ports: BackOfficePorts,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isPublic(this.reflector, context)) return true;
    const request = context.switchToHttp().getRequest<OperatorRequest>();
    const operator = await this.ports.work.run((tx) => operatorSession(tx, bearerOf(request)));
    request.operator = operator;
    const roles =
      this.reflector.getAllAndOverride<readonly OperatorRole[] | undefined>(ROLES, [context.getHandler(), context.getClass()]) ?? [];
    if (!operator.roles.some((role) => roles.includes(role))) throw new Refusal(httpRefusals.FORBIDDEN);
    return true;
  }
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf(request: OperatorRequest): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(request.headers['authorization'] ?? '')?.[1];
}
