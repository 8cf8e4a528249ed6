import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { raiseStanding } from '#journey/investment';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { accountKinds } from '#registers/ledger';
import type { AccountKind } from '#registers/ledger';
import { decodeCursor, MayBeMissing, pageOf, PageQuery, plain, PublicIdParam } from '#platform/http';
import type { Page } from '#platform/http';
import { RaiseAnswer } from '../answers/raise-answer';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { EVERYBODY, Roles } from '../session';

class AccountsQuery extends PageQuery {
  @ApiProperty({ required: false })
  @MayBeMissing
  @IsString()
  @Length(1, 60)
  accountNo?: string;
}

/** Where every yuan is: the ledger's accounts, and per listing who paid, who advanced, what is open. */
@ApiTags('账 money')
@Controller()
export class MoneyController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get('ledger/totals')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '按账户类别合计:总和恒为零 · sums by kind of account; they add up to zero' })
  async totals(): Promise<object> {
    const rows = await this.ports.work.read((tx) =>
      tx.query<{ kind: AccountKind; accounts: bigint; posted_fen: bigint; pending_fen: bigint; reserved_fen: bigint }>(
        `SELECT kind, count(*) AS accounts, sum(posted_fen)::bigint AS posted_fen, sum(pending_fen)::bigint AS pending_fen, sum(reserved_fen)::bigint AS reserved_fen
         FROM ledger_account GROUP BY kind ORDER BY kind`,
      ),
    );
    return { items: rows.map((row) => ({ ...plain(row), zh: accountKinds[row.kind].zh, en: accountKinds[row.kind].en })) };
  }

  @Get('ledger/accounts')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '台账账户 · accounts of the mirror' })
  async accounts(@Query() query: AccountsQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'text', 'text');
    const rows = await this.ports.work.read((tx) =>
      tx.query<{ account_no: string; listing_no: string }>(
        `SELECT kind, account_no, listing_no, posted_fen, pending_fen, reserved_fen, version FROM ledger_account
         WHERE ($1::text IS NULL OR account_no = $1) AND ($2::text IS NULL OR (account_no, listing_no) > ($2, $3)) ORDER BY account_no, listing_no LIMIT $4`,
        [query.accountNo ?? null, after?.[0] ?? null, after?.[1] ?? null, query.limit + 1],
      ),
    );
    return pageOf(rows, query.limit, (row) => [row.account_no, row.listing_no], plain);
  }

  @Get('listings/:listingId/raise')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '募集进度 · how the raise stands: orders by state, what is frozen, what is missing, what goes back' })
  @ApiOkResponse({ type: RaiseAnswer })
  async raise(@PublicIdParam('listingId', 'lst') id: Uuid): Promise<object> {
    return plain(await this.ports.work.read((tx) => raiseStanding(tx, id)));
  }

  @Get('listings/:listingId/orders')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '标的的订单 · orders of a listing' })
  async orders(@PublicIdParam('listingId', 'lst') id: Uuid, @Query() query: PageQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'number');
    const rows = await this.ports.work.read((tx) =>
      tx.query<{ id: Uuid; no: bigint; customer_id: Uuid }>(
        `SELECT id, no, state, customer_id, amount_fen, accepted_fen, collected_fen, held_at, held_seq, refusal_code FROM investment_order
         WHERE listing_id = $1 AND ($2::bigint IS NULL OR no > $2::bigint) ORDER BY no LIMIT $3`,
        [id, after?.[0] ?? null, query.limit + 1],
      ),
    );
    return pageOf(
      rows,
      query.limit,
      (row) => [String(row.no)],
      (row) => ({ ...plain(row), id: publicId('ord', row.id), customerId: publicId('cus', row.customer_id) }),
    );
  }

  @Get('listings/:listingId/instalments')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '还款计划与实际 · instalments: due, paid by the borrower, advanced, distributed' })
  async instalments(@PublicIdParam('listingId', 'lst') id: Uuid): Promise<object> {
    const rows = await this.ports.work.read((tx) =>
      tx.query<object>(
        `SELECT no, state, nominal_date, due_date, provisional, principal_fen, interest_fen, penalty_fen, paid_fen, advanced_fen, distributed_fen, grace_until, paid_on
         FROM instalment WHERE listing_id = $1 ORDER BY no`,
        [id],
      ),
    );
    return { items: rows.map(plain) };
  }

  @Get('advances')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '垫付与追偿:谁垫了多少,追回多少 · who advanced what, what was recovered' })
  async advances(): Promise<object> {
    const rows = await this.ports.work.read((tx) =>
      tx.query<{ listing_id: Uuid }>(
        `SELECT r.listing_id, l.listing_no, a.kind AS payer_kind, a.account_no AS payer_account_no, count(*) AS advances, sum(r.amount_fen)::bigint AS advanced_fen,
           sum(r.received_fen)::bigint AS received_fen, sum(r.passed_on_fen)::bigint AS passed_on_fen
         FROM recovery r JOIN listing l ON l.id = r.listing_id JOIN ledger_account a ON a.id = r.payer_account_id
         GROUP BY r.listing_id, l.listing_no, a.kind, a.account_no ORDER BY l.listing_no`,
      ),
    );
    return { items: rows.map((row) => ({ ...plain(row), listingId: publicId('lst', row.listing_id) })) };
  }

  @Get('payouts')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '回款发放:按状态合计,挂账明细 · payouts by state, and what is parked' })
  async payouts(): Promise<object> {
    return this.ports.work.read(async (tx) => {
      const totals = await tx.query<object>(
        'SELECT state, count(*) AS payouts, sum(amount_fen)::bigint AS amount_fen FROM payout GROUP BY state ORDER BY state',
      );
      return { items: totals.map(plain) };
    });
  }
}
