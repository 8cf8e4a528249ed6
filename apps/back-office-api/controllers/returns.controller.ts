import { Controller, Get, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { investmentReturnLifecycle, listReturns, retryReturn } from '#journey/investment';
import type { InvestmentReturn, ReturnSeen } from '#journey/investment';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { Command, decodeCursor, Idempotent, MayBeMissing, pageOf, PageQuery, plain, PublicIdField, PublicIdParam } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import type { Operator } from '#registers/identity';
import { runAct } from '../act';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

const { states } = investmentReturnLifecycle;

class ReturnsQuery extends PageQuery {
  @ApiProperty({ enum: states, required: false, description: '不填则为全部未完成 | without it, all that are not done' })
  @MayBeMissing
  @IsIn(states)
  state?: InvestmentReturn['state'];

  @PublicIdField('lst', { optional: true })
  listing?: Uuid;

  @ApiProperty({ enum: ['true'], required: false, description: '只看告警的 | only those that carry an alarm' })
  @MayBeMissing
  @IsIn(['true'])
  alarm?: 'true';
}

/** What goes back to investors before anything was lent: what is not back, since when, why, and the order to try it now. */
@ApiTags('退款 returns')
@Controller('returns')
export class ReturnsController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get()
  @Roles(...EVERYBODY)
  @ApiOperation({
    summary: '未完成的退款:账龄、次数、原因、告警 · returns that are not done, with age in working days, attempts, reason and alarm',
  })
  async list(@Query() query: ReturnsQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'uuid')?.[0] as Uuid | undefined;
    const rows = await this.ports.work.read((tx) =>
      listReturns(tx, {
        limit: query.limit,
        alarm: query.alarm === 'true',
        ...(query.state === undefined ? {} : { state: query.state }),
        ...(query.listing === undefined ? {} : { listingId: query.listing }),
        ...(after === undefined ? {} : { after }),
      }),
    );
    return pageOf(rows, query.limit, (row) => [row.id], describe);
  }

  @Post(':returnId/retry')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '立即重试被拒的退款 · try a refused return now, or hand over one that lies in suspense' })
  async retry(
    @PublicIdParam('returnId', 'ret') id: Uuid,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'return.retry-asked', subject: publicId('ret', id) };
    return runAct(this.ports, act, async (tx) => {
      const { state, attempts } = await retryReturn(tx, id);
      return { id: publicId('ret', id), state, attempts, retrying: true };
    });
  }
}

function describe(row: ReturnSeen): object {
  return {
    ...plain(row),
    id: publicId('ret', row.id),
    orderId: publicId('ord', row.order_id),
    listingId: publicId('lst', row.listing_id),
    customerId: publicId('cus', row.customer_id),
  };
}
