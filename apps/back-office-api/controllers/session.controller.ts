import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '#platform/http';
import { recordAct } from '#registers/audit-log';
import { endOperatorSession, signInOperator } from '#registers/identity';
import type { Operator } from '#registers/identity';
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
    const { token, operator } = await signInOperator(this.ports.work, body);
    await this.ports.work.run((tx) =>
      recordAct(tx, { who: operator.login, act: 'session.opened', subject: operator.login, details: {}, requestId: request.id }),
    );
    return { token, login: operator.login, roles: operator.roles };
  }

  @Delete('session')
  @HttpCode(200)
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '退出 · sign out' })
  async signOut(@Req() request: OperatorRequest): Promise<object> {
    await this.ports.work.run((tx) => endOperatorSession(tx, bearerOf(request)!));
    return { signedOut: true };
  }

  @Get('me')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '我是谁 · who I am' })
  me(@CurrentOperator() operator: Operator): object {
    return { login: operator.login, roles: operator.roles };
  }
}
