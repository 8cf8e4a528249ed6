import { Body, Controller, Get, Inject, Post, Put, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  enterListing,
  nameGuests,
  quoteOf,
  readListing,
  refuseUnlessRaising,
  reviewListing,
  setTerms,
  withdrawListing,
} from '#journey/listing';
import type { Listing, ListingTerms } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { instantToDate, readInstant } from '#kernel/time';
import { businessDate } from '#platform/clock';
import { Command, httpRefusals, Idempotent, PageQuery, decodeCursor, pageOf, PublicIdParam, plain } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import { customerByNo, identityRefusals } from '#registers/identity';
import type { Operator } from '#registers/identity';
import { propose } from '#registers/proposal';
import { runAct } from '../act';
import { GuestsBody, OfflineListingBody, ReasonBody, ReviewBody } from '../bodies';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';
import { TermsBody } from '../terms-body';

/** Listings from draft to sale: entry, terms, reviews, withdrawal. */
@ApiTags('标的 listings')
@Controller('listings')
export class ListingsController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get()
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '标的列表 · all listings' })
  async list(@Query() query: PageQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'number');
    const rows = await this.ports.work.read((tx) =>
      tx.query<Listing>('SELECT * FROM listing WHERE ($1::bigint IS NULL OR no < $1::bigint) ORDER BY no DESC LIMIT $2', [
        after?.[0] ?? null,
        query.limit + 1,
      ]),
    );
    return pageOf(rows, query.limit, (row) => [String(row.no)], describe);
  }

  @Get(':listingId')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '标的详情 · one listing with its reviews' })
  async one(@PublicIdParam('listingId', 'lst') id: Uuid): Promise<object> {
    return this.ports.work.read(async (tx) => {
      const listing = await readListing(tx, id);
      const reviews = await tx.query<object>(
        'SELECT level, decision, reviewer, reason, recorded_at FROM listing_review WHERE listing_id = $1 ORDER BY level',
        [id],
      );
      return { ...describe(listing), reviews: reviews.map(plain) };
    });
  }

  @Get(':listingId/quote')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '试算与综合成本 · schedule, cost and gate as of today' })
  async quote(@PublicIdParam('listingId', 'lst') id: Uuid): Promise<object> {
    return this.ports.work.read(async (tx) => plain(quoteOf(await readListing(tx, id), await businessDate(tx))));
  }

  @Post()
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '录入线下/第三方标的 · enter an offline or third-party listing' })
  async enter(
    @Body() body: OfflineListingBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'listing.entered', subject: body.borrowerNo };
    return runAct(this.ports, act, async (tx, who) => {
      const borrower = await customerByNo(tx, body.borrowerNo);
      if (borrower === undefined) throw new Refusal(identityRefusals.CUSTOMER_NOT_FOUND);
      const term = body.termMonths === undefined ? { days: body.termDays! } : { months: body.termMonths };
      const { source, kind, annualRatePpm, method, purpose } = body;
      const id = await enterListing(
        tx,
        { source, kind, annualRatePpm, method, purpose, term, borrowerId: borrower.id, amount: body.amountFen },
        who,
      );
      return { listingId: publicId('lst', id), state: 'in_review' };
    });
  }

  @Put(':listingId/terms')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '设定条款 · set the terms while the listing is in review' })
  async terms(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: TermsBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'listing.terms-set', subject: publicId('lst', id) };
    return runAct(this.ports, act, async (tx, who) => {
      await setTerms(tx, id, termsOf(body), who);
      return { listingId: publicId('lst', id), state: 'in_review' };
    });
  }

  @Put(':listingId/guests')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '指定客户标的的客户名单 · name the customers of a listing that is for named customers' })
  async guests(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: GuestsBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const subject = publicId('lst', id);
    const act = { operator, command, requestId: request.id, act: 'listing.guests-named', subject };
    return runAct(this.ports, act, async (tx) => ({ listingId: subject, guests: await nameGuests(tx, id, body.customerNos) }));
  }

  @Post(':listingId/reviews')
  @Roles('reviewer_1', 'reviewer_2')
  @Idempotent()
  @ApiOperation({ summary: '审核:一级、二级由不同的人 · review, each level by another person' })
  async review(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: ReviewBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    if (!operator.roles.includes(body.level === 1 ? 'reviewer_1' : 'reviewer_2')) throw new Refusal(httpRefusals.FORBIDDEN);
    const details = { level: body.level, decision: body.decision };
    const act = { operator, command, requestId: request.id, act: 'listing.reviewed', subject: publicId('lst', id), details };
    return runAct(this.ports, act, async (tx, who) => {
      await reviewListing(tx, id, body, who);
      return describe(await readListing(tx, id));
    });
  }

  @Post(':listingId/withdrawal')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '撤回未开标的标的 · withdraw before it opens' })
  async withdraw(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: ReasonBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = {
      operator,
      command,
      requestId: request.id,
      act: 'listing.withdrawn',
      subject: publicId('lst', id),
      details: { reason: body.reason },
    };
    return runAct(this.ports, act, async (tx, who) => {
      await withdrawListing(tx, id, body.reason, who);
      return { listingId: publicId('lst', id), state: 'withdrawn' };
    });
  }

  @Post(':listingId/withdrawal-proposals')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({
    summary:
      '提议撤回募集中的标的(需复核,资金全部退回)· propose to withdraw while it raises; another person approves, everything goes back',
  })
  async proposeWithdrawal(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: ReasonBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'proposal.made', subject: publicId('lst', id) };
    return runAct(this.ports, act, async (tx, maker) => {
      await refuseUnlessRaising(tx, id);
      const proposal = await propose(tx, { kind: 'listing.withdraw', subject: id, payload: {}, reason: body.reason, maker });
      return { proposalId: publicId('prp', proposal) };
    });
  }
}

function describe(listing: Listing): object {
  const { id, borrower_id: borrower, institution_id: institution, ...rest } = listing;
  const ids = {
    id: publicId('lst', id),
    borrowerId: publicId('cus', borrower),
    institutionId: institution === null ? null : publicId('ins', institution),
  };
  return { ...plain(rest), ...ids };
}

/** The body's fields under the names of the columns; what was left out stays out. */
function termsOf(body: TermsBody): Partial<ListingTerms> & Pick<ListingTerms, 'opens_at' | 'deadline'> {
  const ppm = (value: number | undefined): bigint | undefined => (value === undefined ? undefined : BigInt(value));
  const terms = {
    opens_at: instantToDate(readInstant(body.opensAt)),
    deadline: body.deadline,
    day_count: body.dayCount,
    working_days: body.workingDays,
    minimum_order_fen: body.minimumOrderFen,
    step_fen: body.stepFen,
    investor_cap_fen: body.investorCapFen,
    minimum_raise_ppm: ppm(body.minimumRaisePpm),
    minimum_after_drops_ppm: ppm(body.minimumAfterDropsPpm),
    overbooking_ppm: ppm(body.overbookingPpm),
    hold_mode: body.holdMode,
    audience: body.audience,
    drop_policy: body.dropPolicy,
    guarantee_mode: body.guaranteeMode,
    institution_id: body.institutionId,
    premium_ppm: ppm(body.premiumPpm),
    premium_return: body.premiumReturn,
    service_fee_ppm: ppm(body.serviceFeePpm),
    fee_return: body.feeReturn,
    grace_days: body.graceDays,
    penalty_ppm_per_day: ppm(body.penaltyPpmPerDay),
    early_from_day: body.earlyFromDay,
    annual_rate_ppm: ppm(body.annualRatePpm),
    method: body.method,
    cap_ppm: ppm(body.capPpm),
  };
  return terms;
}
