import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { applyOnline, listingRefusals } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { bodyDigest, Command, decodeCursor, Idempotent, PageQuery, pageOf, PublicIdParam } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import type { CustomerSession } from '#registers/identity';
import { runAct } from '../act';
import { listingAnswer } from '../answers/listing-answer';
import type { SoldListing } from '../answers/listing-answer';
import { admissionAnswer } from '../answers/order-answer';
import { ApplicationBody, OrderBody } from '../bodies';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';
import { Customer } from '../session';

/** States that investors may see; what is in review is nobody's business but the borrower's. */
const VISIBLE = ['scheduled', 'raising', 'raised', 'settling', 'repaying', 'closed', 'failing', 'failed'];
const SELECT = 'SELECT l.*, q.taken_fen, q.quota_fen FROM listing l LEFT JOIN listing_quota q ON q.listing_id = l.id';

class ListingsQuery extends PageQuery {
  @ApiProperty({ enum: VISIBLE, required: false })
  @IsOptional()
  @IsIn(VISIBLE)
  state?: string;
}

/** Listings, applications and the door for investment orders. */
@ApiTags('标的 listings')
@Controller()
export class ListingsController {
  constructor(@Inject(PORTS) private readonly ports: CustomerApiPorts) {}

  @Get('listings')
  @ApiOperation({ summary: '标的列表 · listings on sale and after' })
  async list(@Query() query: ListingsQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 1);
    const rows = await this.ports.work.read((tx) =>
      tx.query<SoldListing>(
        `${SELECT} WHERE l.state = ANY($1::text[]) AND ($2::bigint IS NULL OR l.no < $2::bigint) ORDER BY l.no DESC LIMIT $3`,
        [query.state === undefined ? VISIBLE : [query.state], after?.[0] ?? null, query.limit + 1],
      ),
    );
    return pageOf(rows, query.limit, (row) => [String(row.no)], listingAnswer);
  }

  @Get('listings/:listingId')
  @ApiOperation({ summary: '标的详情 · one listing' })
  async one(@PublicIdParam('listingId', 'lst') id: Uuid, @Customer() session: CustomerSession): Promise<object> {
    const [row] = await this.ports.work.read((tx) =>
      tx.query<SoldListing>(`${SELECT} WHERE l.id = $1 AND (l.state = ANY($2::text[]) OR l.borrower_id = $3)`, [
        id,
        VISIBLE,
        session.customerId,
      ]),
    );
    if (row === undefined) throw new Refusal(listingRefusals.LISTING_NOT_FOUND);
    return listingAnswer(row);
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
    const after = decodeCursor(query.after, 1);
    const rows = await this.ports.work.read((tx) =>
      tx.query<SoldListing>(
        `${SELECT} WHERE l.borrower_id = $1 AND ($2::bigint IS NULL OR l.no < $2::bigint) ORDER BY l.no DESC LIMIT $3`,
        [session.customerId, after?.[0] ?? null, query.limit + 1],
      ),
    );
    return pageOf(rows, query.limit, (row) => [String(row.no)], listingAnswer);
  }
}
