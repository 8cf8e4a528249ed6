import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Tx } from '#platform/database';
import { Public } from '#platform/http';
import { recordAct } from '#registers/audit-log';
import { endOperatorSession, signInOperator } from '#registers/identity';
import type { Operator, SignInEnd } from '#registers/identity';
import { SignInBody } from '../bodies';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { bearerOf, CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

/** Operators sign in with a name and a password; the session's token is a bearer token. */
@ApiTags('登录 session')
@Controller()
export class SessionController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Public()
  @Post('session')
  @ApiOperation({ summary: '操作员登录 · sign in' })
  async signIn(@Body() body: SignInBody, @Req() request: OperatorRequest): Promise<object> {
    const { token, operator } = await signInOperator(this.ports.work, body, (tx, end) => recordSignIn(tx, end, request.id));
    return { token, login: operator.login, roles: operator.roles };
  }

  @Delete('session')
  @HttpCode(200)
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '退出 · sign out' })
  async signOut(@CurrentOperator() operator: Operator, @Req() request: OperatorRequest): Promise<object> {
    await this.ports.work.run(async (tx) => {
      await endOperatorSession(tx, bearerOf(request)!);
      await recordAct(tx, { who: operator.login, act: 'session.closed', subject: operator.login, requestId: request.id });
    });
    return { signedOut: true };
  }

  @Get('me')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '我是谁 · who I am' })
  me(@CurrentOperator() operator: Operator): object {
    return { login: operator.login, roles: operator.roles };
  }
}

/** Who came in, and who was kept out and why: never with a password, and never with a name that no operator has. */
function recordSignIn(tx: Tx, end: SignInEnd, requestId: string): Promise<void> {
  const who = end.login ?? 'nobody';
  if (end.opened) return recordAct(tx, { who, act: 'session.opened', subject: who, requestId });
  return recordAct(tx, { who, act: 'session.refused', subject: who, details: { why: end.why }, requestId });
}
