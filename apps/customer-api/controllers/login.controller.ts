import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '#platform/http';
import {
  admitCustomer,
  endCustomerSession,
  keepLoginAttempt,
  newToken,
  openCustomerSession,
  refreshEAccount,
  takeLoginAttempt,
} from '#registers/identity';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';
import { cookieOf, LOGIN_COOKIE, SESSION_COOKIE, setCookie } from '../session';
import type { CustomerRequest } from '../session';

const LOGIN_SECONDS = 10 * 60;
const SESSION_SECONDS = 12 * 60 * 60;

interface Reply {
  header(name: string, value: string | string[]): Reply;
  status(code: number): Reply;
  redirect(url: string, code?: number): unknown;
  send(body: unknown): unknown;
}

/** Single sign-on: customers have no password of ours. */
@ApiTags('登录 login')
@Controller()
export class LoginController {
  constructor(@Inject(PORTS) private readonly ports: CustomerApiPorts) {}

  @Public()
  @Get('login')
  @ApiOperation({ summary: "转到银行登录页 · go to the bank's login page" })
  async start(@Res() reply: Reply): Promise<void> {
    const login = await this.ports.signOn().startLogin();
    const browser = newToken();
    await this.ports.work.run((tx) => keepLoginAttempt(tx, login, browser));
    reply.header('set-cookie', setCookie(LOGIN_COOKIE, browser, LOGIN_SECONDS, this.ports.sandbox));
    reply.redirect(login.url, 302);
  }

  @Public()
  @Get('login/callback')
  @ApiOperation({ summary: '银行登录后的回调 · the bank sends the customer back here' })
  async finish(@Req() request: CustomerRequest & { readonly url: string }, @Res() reply: Reply): Promise<void> {
    const state = new URL(request.url, 'http://callback').searchParams.get('state') ?? '';
    const attempt = await this.ports.work.run((tx) => takeLoginAttempt(tx, state, cookieOf(request, LOGIN_COOKIE) ?? ''));
    const signedOn = await this.ports.signOn().finishLogin(request.url, attempt);
    // The account is the bank's: it is asked at every login, so that the order page never shows a state of ours.
    const account = await this.ports.bank.account({ customerNo: signedOn.customerNo });
    const token = await this.ports.work.run(async (tx) => {
      const customer = await admitCustomer(
        tx,
        { customerNo: signedOn.customerNo, ...(signedOn.name === undefined ? {} : { name: signedOn.name }) },
        this.ports.sealer,
      );
      await refreshEAccount(tx, customer.id, account);
      return (await openCustomerSession(tx, { customerId: customer.id, authTime: signedOn.authTime })).token;
    });
    const cookies = [
      setCookie(SESSION_COOKIE, token, SESSION_SECONDS, this.ports.sandbox),
      setCookie(LOGIN_COOKIE, '', 0, this.ports.sandbox),
    ];
    reply.header('set-cookie', cookies).status(200).send({ customerNo: signedOn.customerNo, accountStatus: account.status });
  }

  @Post('logout')
  @HttpCode(200)
  @ApiOperation({ summary: '退出登录 · log out' })
  async end(@Req() request: CustomerRequest, @Res() reply: Reply): Promise<void> {
    await this.ports.work.run((tx) => endCustomerSession(tx, cookieOf(request, SESSION_COOKIE)!));
    reply
      .header('set-cookie', setCookie(SESSION_COOKIE, '', 0, this.ports.sandbox))
      .status(200)
      .send({ loggedOut: true });
  }
}
