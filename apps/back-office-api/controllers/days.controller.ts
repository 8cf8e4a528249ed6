import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { MayBeMissing } from '#platform/http';
import { Refusal } from '#kernel/faults';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { businessDate } from '#platform/clock';
import {
  BusinessDateField,
  Command,
  decodeCursor,
  httpRefusals,
  Idempotent,
  PageQuery,
  pageOf,
  PublicIdParam,
  plain,
} from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import { recordAct } from '#registers/audit-log';
import type { Operator } from '#registers/identity';
import { breakStandings, dayStandings, proposeBreakDecision } from '#watch/reconciliation';
import { runAct } from '../act';
import { AdvanceBody } from '../bodies';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { advanceDays } from '../sandbox-clock';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

class DaysQuery {
  @BusinessDateField({ optional: true })
  from?: BusinessDate;

  @BusinessDateField({ optional: true })
  to?: BusinessDate;
}

const BREAK_STATES = ['open', 'proposed', 'adjusted', 'closed'];

class BreaksQuery extends PageQuery {
  @ApiProperty({ enum: BREAK_STATES, required: false })
  @MayBeMissing
  @IsIn(BREAK_STATES)
  state?: 'open' | 'proposed' | 'adjusted' | 'closed';
}

class BreakProposalBody {
  @ApiProperty({ enum: ['adjust', 'close'] })
  @IsIn(['adjust', 'close'])
  decision!: 'adjust' | 'close';

  @ApiProperty({ example: '银行流水为准,补记' })
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** Business days, reconciliation, breaks; in the sandbox also the clock. */
@ApiTags('日终与对账 days')
@Controller()
export class DaysController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get('business-date')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '当前营业日 · the open business date' })
  async today(): Promise<object> {
    return { businessDate: await this.ports.work.read((tx) => businessDate(tx)) };
  }

  @Get('days')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '营业日与对账结果(最多 400 天)· days with their reconciliation' })
  async days(@Query() query: DaysQuery): Promise<object> {
    const rows = await this.ports.work.read((tx) => dayStandings(tx, query.from ?? null, query.to ?? null, 400));
    return { items: rows.map(plain) };
  }

  @Get('breaks')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '差错 · breaks with owner, age and reason' })
  async breaks(@Query() query: BreaksQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'number');
    const filter = {
      limit: Math.min(query.limit + 1, 100),
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(after === undefined ? {} : { before: BigInt(after[0]) }),
    };
    const rows = await this.ports.work.read((tx) => breakStandings(tx, filter));
    return pageOf(
      rows,
      Math.min(query.limit, 99),
      (row) => [String(row.no)],
      (row) => ({
        ...plain(row),
        id: publicId('brk', row.id as Uuid),
        bankOrderId: row.bankOrderId === null ? null : publicId('bor', row.bankOrderId as Uuid),
      }),
    );
  }

  @Post('breaks/:breakId/proposals')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '提议差错处理(需复核)· propose what becomes of a break; another person approves' })
  async propose(
    @PublicIdParam('breakId', 'brk') id: Uuid,
    @Body() body: BreakProposalBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'proposal.made', subject: publicId('brk', id) };
    return runAct(this.ports, act, async (tx, maker) => ({
      proposalId: publicId('prp', await proposeBreakDecision(tx, { breakId: id, decision: body.decision, reason: body.reason, maker })),
    }));
  }

  @Post('sandbox/clock/advance')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: '沙箱:推进营业日(生产环境拒绝)· sandbox only: let days pass, answered when all is quiet' })
  async advance(@Body() body: AdvanceBody, @CurrentOperator() operator: Operator, @Req() request: OperatorRequest): Promise<object> {
    if (this.ports.sandbox === undefined) throw new Refusal(httpRefusals.FORBIDDEN);
    // Days cannot be taken back and pass in many transactions, so that they were asked for is written down before the first.
    await this.ports.work.run(async (tx) =>
      recordAct(tx, {
        who: operator.login,
        act: 'sandbox.clock-advanced',
        subject: await businessDate(tx),
        details: { days: body.days },
        requestId: request.id,
      }),
    );
    return advanceDays(this.ports.work, this.ports.sandbox, body.days);
  }
}
