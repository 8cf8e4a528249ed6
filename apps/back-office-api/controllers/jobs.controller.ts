import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#kernel/faults';
import { Command, decodeCursor, Idempotent, PageQuery, pageOf, plain } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import { parkedJobs, queueRefusals, unparkJob } from '#platform/queue';
import type { Operator } from '#registers/identity';
import { runAct } from '../act';
import { ReasonBody } from '../bodies';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

/** Jobs that stopped because of a refusal or a fault of ours, and the order to let one run again. */
@ApiTags('机房 machine room')
@Controller('jobs')
export class JobsController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get('parked')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '停放的任务 · jobs that wait for a person, the oldest first' })
  async parked(@Query() query: PageQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'number');
    const rows = await this.ports.work.read((tx) => parkedJobs(tx, query.limit + 1, BigInt(after?.[0] ?? 0)));
    return pageOf(rows, query.limit, (row) => [String(row.id)], plain);
  }

  @Post(':jobId/resumption')
  @Roles('operator')
  @Idempotent()
  @ApiParam({ name: 'jobId', schema: { type: 'string', pattern: '^\\d{1,18}$' }, example: '4711' })
  @ApiOperation({ summary: '恢复停放的任务,从第一次尝试重新开始 · let a parked job run again, from its first try' })
  async resume(
    @Param('jobId') jobId: string,
    @Body() body: ReasonBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const id = jobNumber(jobId);
    const act = { operator, command, requestId: request.id, act: 'job.resumed', subject: `job:${id}`, details: { reason: body.reason } };
    return runAct(this.ports, act, async (tx) => {
      const { name, subject } = await unparkJob(tx, id);
      return { id: Number(id), name, subject, resumed: true };
    });
  }
}

/** A text that is no number of a job is an unknown one. */
function jobNumber(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new Refusal(queueRefusals.JOB_NOT_FOUND);
  return BigInt(text);
}
