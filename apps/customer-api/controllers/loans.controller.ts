import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { claimsOfInvestor, loansOfBorrower, payByBorrower, readLoan, whereIsMyMoney } from '#journey/repayment';
import type { ClaimView } from '#journey/repayment';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fenToJson } from '#kernel/money';
import { Command, decodeCursor, Idempotent, PageQuery, pageOf, plain, PublicIdParam } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import type { CustomerSession } from '#registers/identity';
import { runAct } from '../act';
import { PaymentBody } from '../bodies';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';
import { Customer } from '../session';

/** Loans of a borrower, claims of an investor. */
@ApiTags('借款与债权 loans and claims')
@Controller()
export class LoansController {
  constructor(@Inject(PORTS) private readonly ports: CustomerApiPorts) {}

  @Get('loans')
  @ApiOperation({ summary: '我的借款 · my loans' })
  async loans(@Customer() session: CustomerSession): Promise<object> {
    const rows = await this.ports.work.read((tx) => loansOfBorrower(tx, session.customerId));
    return {
      items: rows.map((row) => ({
        ...plain(row),
        id: publicId('loan', row.id),
        listingId: publicId('lst', row.listing_id),
        borrowerId: publicId('cus', row.borrower_id),
      })),
    };
  }

  @Get('loans/:loanId')
  @ApiOperation({ summary: '还款计划 · one loan with its instalments' })
  async loan(@PublicIdParam('loanId', 'loan') id: Uuid, @Customer() session: CustomerSession): Promise<object> {
    const { instalments, ...loan } = await this.ports.work.read((tx) => readLoan(tx, { loanId: id, borrowerId: session.customerId }));
    return {
      ...plain(loan),
      id: publicId('loan', loan.id),
      listingId: publicId('lst', loan.listing_id),
      borrowerId: publicId('cus', loan.borrower_id),
      instalments: instalments.map(({ id: _id, ...row }) => plain(row)),
    };
  }

  @Post('loans/:loanId/payments')
  @Idempotent()
  @ApiOperation({ summary: "主动还款 · pay an amount of one's own choice" })
  async pay(
    @PublicIdParam('loanId', 'loan') loanId: Uuid,
    @Body() body: PaymentBody,
    @Command() command: CommandRequest,
    @Customer() session: CustomerSession,
  ): Promise<CommandAnswer> {
    return runAct(this.ports, { session, command, status: 202 }, async (tx) => {
      const payment = { loanId, borrowerId: session.customerId, amount: body.amountFen, who: session.customerId };
      const ordered = await payByBorrower(tx, payment);
      return { paymentId: publicId('bor', ordered.bankOrderId), amountFen: fenToJson(ordered.amount), owedFen: fenToJson(ordered.owed) };
    });
  }

  @Get('claims')
  @ApiOperation({ summary: '我的债权与收益 · my claims, what was paid and what is to come' })
  async claims(@Query() query: PageQuery, @Customer() session: CustomerSession): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'number');
    const rows = await this.ports.work.read((tx) =>
      claimsOfInvestor(tx, session.customerId, { limit: query.limit + 1, ...(after === undefined ? {} : { before: BigInt(after[0]) }) }),
    );
    return pageOf(rows, query.limit, (row) => [String(row.order_no)], answerClaim);
  }

  @Get('claims/:claimId')
  @ApiOperation({ summary: '我的钱在哪里:逐期 · where my money is, share by share' })
  async money(@PublicIdParam('claimId', 'clm') id: Uuid, @Customer() session: CustomerSession): Promise<object> {
    const { shares, ...claim } = await this.ports.work.read((tx) => whereIsMyMoney(tx, { claimId: id, customerId: session.customerId }));
    return { ...answerClaim(claim), shares: shares.map(plain) };
  }
}

function answerClaim(row: ClaimView): object {
  return { ...plain(row), id: publicId('clm', row.id), listingId: publicId('lst', row.listing_id), orderId: publicId('ord', row.order_id) };
}
