import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { applyOnline, listingForCustomer, listingsForCustomer, listingsOfBorrower, VISIBLE_STATES } from '#journey/listing';
import type { ListingPage } from '#journey/listing';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { bodyDigest, Command, decodeCursor, Idempotent, MayBeMissing, pageOf, PageQuery, PublicIdParam } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import type { CustomerSession } from '#registers/identity';
import { runAct } from '../act';
import { listingAnswer } from '../answers/listing-answer';
import { admissionAnswer } from '../answers/order-answer';
import { ApplicationBody, OrderBody } from '../bodies';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';
import { Customer } from '../session';

class ListingsQuery extends PageQuery {
  @ApiProperty({ enum: VISIBLE_STATES, required: false })
  @MayBeMissing
  @IsIn(VISIBLE_STATES)
  state?: (typeof VISIBLE_STATES)[number];

  @ApiProperty({ enum: ['open'], required: false, description: '只列出此刻可投的标的 | only what takes orders at this moment' })
  @MayBeMissing
  @IsIn(['open'])
  sale?: 'open';
}

/** Listings, applications and the door for investment orders. */
@ApiTags('标的 listings')
@Controller()
export class ListingsController {
  constructor(@Inject(PORTS) private readonly ports: CustomerApiPorts) {}

  @Get('listings')
  @ApiOperation({ summary: '标的列表 · listings on sale and after' })
  async list(@Query() query: ListingsQuery, @Customer() session: CustomerSession): Promise<Page<object>> {
    const choice = { isOpen: query.sale === 'open', ...(query.state === undefined ? {} : { state: query.state }) };
    const rows = await this.ports.work.read((tx) => listingsForCustomer(tx, session.customerId, choice, pageAsked(query)));
    return pageOf(rows, query.limit, (row) => [String(row.no)], listingAnswer);
  }

  @Get('listings/:listingId')
  @ApiOperation({ summary: '标的详情 · one listing' })
  async one(@PublicIdParam('listingId', 'lst') id: Uuid, @Customer() session: CustomerSession): Promise<object> {
    return listingAnswer(await this.ports.work.read((tx) => listingForCustomer(tx, id, session.customerId)));
  }

  @Post('listings/:listingId/orders')
  @HttpCode(201)
  @Idempotent()
  @ApiOperation({ summary: '下单:占额,提交后即时答复 · invest: one durable decision, answered after the commit' })
  async order(
    @PublicIdParam('listingId', 'lst') listingId: Uuid,
    @Body() body: OrderBody,
    @Command() command: CommandRequest,
    @Customer() session: CustomerSession,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ): Promise<object> {
    const { order, replayed } = await this.ports.admission.admit({
      listingId,
      customerId: session.customerId,
      amount: body.amountFen,
      acceptsPart: body.acceptsPart ?? false,
      key: command.key,
      digest: bodyDigest(command.body),
    });
    if (replayed) reply.header('idempotency-replayed', 'true');
    return admissionAnswer(order);
  }

  @Post('applications')
  @Idempotent()
  @ApiOperation({ summary: "融资申请:推送银行授信 · apply for a loan, decided by the bank's credit system" })
  async apply(
    @Body() body: ApplicationBody,
    @Command() command: CommandRequest,
    @Customer() session: CustomerSession,
  ): Promise<CommandAnswer> {
    const term = body.termMonths === undefined ? { days: body.termDays! } : { months: body.termMonths };
    return runAct(this.ports, { session, command }, async (tx) => {
      const id = await applyOnline(
        tx,
        {
          borrowerId: session.customerId,
          kind: body.kind,
          amount: body.amountFen,
          annualRatePpm: body.annualRatePpm,
          term,
          method: body.method,
          purpose: body.purpose,
        },
        session.customerId,
      );
      return { listingId: publicId('lst', id), state: 'in_credit' };
    });
  }

  @Get('applications')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: '我的融资 · my applications and loans' })
  async mine(@Query() query: PageQuery, @Customer() session: CustomerSession): Promise<Page<object>> {
    const rows = await this.ports.work.read((tx) => listingsOfBorrower(tx, session.customerId, pageAsked(query)));
    return pageOf(rows, query.limit, (row) => [String(row.no)], listingAnswer);
  }
}

/** The page that is asked for, and a row more: it says whether there is another page. @throws Refusal CURSOR_INVALID */
function pageAsked(query: PageQuery): ListingPage {
  const [before] = decodeCursor(query.after, 'number') ?? [];
  if (before === undefined) return { limit: query.limit + 1 };
  return { limit: query.limit + 1, before: BigInt(before) };
}
