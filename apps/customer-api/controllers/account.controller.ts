import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#kernel/faults';
import { fenToJson } from '#kernel/money';
import { checkFactors, customerById, refreshEAccount } from '#registers/identity';
import type { CustomerSession } from '#registers/identity';
import { investmentRefusals } from '#journey/investment';
import { MandateBody, OpeningBody } from '../bodies';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';
import { Customer } from '../session';
import { OPENING } from '../ways-out';

/** The customer and his account at the bank. */
@ApiTags('账户 account')
@Controller()
export class AccountController {
  constructor(@Inject(PORTS) private readonly ports: CustomerApiPorts) {}

  @Get('me')
  @ApiOperation({ summary: '我是谁,账户状态 · who I am, how my account stands' })
  async me(@Customer() session: CustomerSession): Promise<object> {
    const customer = await this.ports.work.read((tx) => customerById(tx, session.customerId));
    const hasAccount = customer.accountStatus === 'ACTIVE' || customer.accountStatus === 'FROZEN';
    return {
      ...describe(customer),
      ...(hasAccount ? {} : { next: { do: OPENING, zh: '请先开立电子账户', en: 'Open an e-account first.' } }),
    };
  }

  @Post('account/opening')
  @HttpCode(200)
  @ApiOperation({ summary: "开户:返回银行开户页 · the bank's opening page" })
  async open(@Body() body: OpeningBody, @Customer() session: CustomerSession): Promise<{ openingUrl: string }> {
    checkFactors(this.ports.bank.capabilities.factors, { ...body });
    const returnUrl = `${this.ports.publicUrl()}/me`;
    return { openingUrl: await this.ports.bank.openingUrl({ customerNo: session.customerNo, ...body }, returnUrl) };
  }

  @Post('account/refresh')
  @HttpCode(200)
  @ApiOperation({ summary: '向银行重新查询账户状态 · ask the bank again' })
  async refresh(@Customer() session: CustomerSession): Promise<object> {
    const state = await this.ports.bank.account({ customerNo: session.customerNo });
    return describe(await this.ports.work.run((tx) => refreshEAccount(tx, session.customerId, state)));
  }

  @Get('account/balance')
  @ApiOperation({ summary: '银行余额 · the balance as the bank has it' })
  async balance(@Customer() session: CustomerSession): Promise<object> {
    const customer = await this.ports.work.read((tx) => customerById(tx, session.customerId));
    if (customer.accountNo === null) throw new Refusal(investmentRefusals.E_ACCOUNT_MISSING);
    const balance = await this.ports.bank.balance(customer.accountNo);
    return {
      availableFen: fenToJson(balance.available),
      heldFen: fenToJson(balance.held),
      otherFrozenFen: fenToJson(balance.otherFrozen),
      suspenseFen: fenToJson(balance.suspense),
      totalFen: fenToJson(balance.total),
    };
  }

  @Post('mandates')
  @HttpCode(200)
  @ApiOperation({ summary: "签署授权:返回银行签约页 · sign a mandate on the bank's page" })
  async sign(@Body() body: MandateBody, @Customer() session: CustomerSession): Promise<{ signingUrl: string }> {
    const customer = await this.ports.work.read((tx) => customerById(tx, session.customerId));
    if (customer.accountNo === null) throw new Refusal(investmentRefusals.E_ACCOUNT_MISSING);
    const mandate = { accountNo: customer.accountNo, kind: body.kind, maxAmount: body.maxAmountFen, until: body.until };
    return { signingUrl: await this.ports.bank.signMandate(mandate, `${this.ports.publicUrl()}/me`) };
  }
}

function describe(customer: { customerNo: string; nameMasked: string | null; accountNo: string | null; accountStatus: string }): object {
  return {
    customerNo: customer.customerNo,
    name: customer.nameMasked,
    accountNo: customer.accountNo === null ? null : `****${customer.accountNo.slice(-4)}`,
    accountStatus: customer.accountStatus,
  };
}
