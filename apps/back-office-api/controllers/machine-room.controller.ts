import { Controller, Get, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Refusal } from '#kernel/faults';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { Command, decodeCursor, Idempotent, MayBeMissing, pageOf, PageQuery, plain, PublicIdParam } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import { bankOrderRefusals, closeUnwanted } from '#registers/bank-order';
import type { BankOrder } from '#registers/bank-order';
import type { Operator } from '#registers/identity';
import { runAct } from '../act';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

const STATES = ['created', 'sent', 'accepted', 'unknown', 'done', 'refused', 'closed', 'returned'];

class BankOrdersQuery extends PageQuery {
  @ApiProperty({ enum: STATES, required: false })
  @MayBeMissing
  @IsIn(STATES)
  state?: string;
}

/** What needs an engineer's eye: undecided bank orders, the audit log. */
@ApiTags('机房 machine room')
@Controller()
export class MachineRoomController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get('bank-orders')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '银行指令 · bank orders' })
  async bankOrders(@Query() query: BankOrdersQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'uuid');
    const rows = await this.ports.work.read((tx) =>
      tx.query<BankOrder>(
        'SELECT * FROM bank_order WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR id < $2::uuid) ORDER BY id DESC LIMIT $3',
        [query.state ?? null, after?.[0] ?? null, query.limit + 1],
      ),
    );
    return pageOf(rows, query.limit, (row) => [row.id], describe);
  }

  @Get('bank-orders/ended-unknown')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '曾结果不明的指令,按查明途径计数 · orders that were unknown once, by who told their end' })
  async endedUnknown(): Promise<object> {
    const rows = await this.ports.work.read((tx) =>
      tx.query<object>(
        `SELECT o.decided_by, count(*) AS orders FROM bank_order o
         WHERE o.id IN (SELECT subject_id FROM move WHERE noun = 'bank_order' AND to_state = 'unknown') GROUP BY o.decided_by ORDER BY o.decided_by`,
      ),
    );
    return { items: rows.map(plain) };
  }

  @Get('bank-orders/:bankOrderId')
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '银行指令与往来报文 · one bank order with its calls' })
  async bankOrder(@PublicIdParam('bankOrderId', 'bor') id: Uuid): Promise<object> {
    return this.ports.work.read(async (tx) => {
      const [order] = await tx.query<BankOrder>('SELECT * FROM bank_order WHERE id = $1', [id]);
      if (order === undefined) throw new Refusal(bankOrderRefusals.BANK_ORDER_NOT_FOUND);
      const calls = await tx.query<object>(
        'SELECT service, outcome, why, started_at, ended_at FROM bank_call WHERE request_no = $1 ORDER BY id',
        [order.request_no],
      );
      return { ...describe(order), calls: calls.map(plain) };
    });
  }

  @Post('bank-orders/:bankOrderId/closing')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '关闭不再需要的请求号 · close a number that is not wanted any more' })
  async close(
    @PublicIdParam('bankOrderId', 'bor') id: Uuid,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'bank-order.closing-asked', subject: publicId('bor', id) };
    return runAct(this.ports, act, async (tx) => {
      await closeUnwanted(tx, id);
      return { id: publicId('bor', id), closing: true };
    });
  }

  @Get('audit-records')
  @Roles('auditor')
  @ApiOperation({ summary: '审计记录 · acts of operators, sealed' })
  async audit(@Query() query: PageQuery): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'number');
    const rows = await this.ports.work.read((tx) =>
      tx.query<{ id: bigint }>(
        `SELECT r.*, s.position, s.digest FROM audit_record r LEFT JOIN audit_seal s ON s.record_id = r.id
         WHERE ($1::bigint IS NULL OR r.id < $1::bigint) ORDER BY r.id DESC LIMIT $2`,
        [after?.[0] ?? null, query.limit + 1],
      ),
    );
    return pageOf(rows, query.limit, (row) => [String(row.id)], plain);
  }
}

function describe(order: BankOrder): object {
  const { id, request_no: requestNo, kind, state, amount_fen, bank_serial, bank_date, code, tries, asks, decided_by, created_on } = order;
  return {
    id: publicId('bor', id),
    requestNo,
    itemNo: order.item_no,
    ...plain({ kind, state, amount_fen, bank_serial, bank_date, code, tries, asks, decided_by, created_on }),
  };
}
