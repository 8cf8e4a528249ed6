import { Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { cancelOrder, returnsOf, whereIsMyOrder } from '#journey/investment';
import type { InvestmentOrder } from '#journey/investment';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { Command, decodeCursor, Idempotent, PageQuery, pageOf, PublicIdParam } from '#platform/http';
import type { CommandAnswer, CommandRequest, Page } from '#platform/http';
import type { CustomerSession } from '#registers/identity';
import { runAct } from '../act';
import { orderAnswer, orderSightAnswer } from '../answers/order-answer';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';
import { Customer } from '../session';

/** A customer's own orders. Another customer's order does not exist for him. */
@ApiTags('投资 orders')
@Controller('orders')
export class OrdersController {
  constructor(@Inject(PORTS) private readonly ports: CustomerApiPorts) {}

  @Get()
  @ApiOperation({ summary: '我的订单 · my orders' })
  async list(@Query() query: PageQuery, @Customer() session: CustomerSession): Promise<Page<object>> {
    const after = decodeCursor(query.after, 'number');
    return this.ports.work.read(async (tx) => {
      const orders = await tx.query<InvestmentOrder>(
        'SELECT * FROM investment_order WHERE customer_id = $1 AND ($2::bigint IS NULL OR no < $2::bigint) ORDER BY no DESC LIMIT $3',
        [session.customerId, after?.[0] ?? null, query.limit + 1],
      );
      const returns = await returnsOf(
        tx,
        orders.map(({ id }) => id),
      );
      return pageOf(
        orders,
        query.limit,
        (row) => [String(row.no)],
        (row) =>
          orderAnswer(
            row,
            returns.filter((back) => back.order_id === row.id),
          ),
      );
    });
  }

  @Get(':orderId')
  @ApiOperation({
    summary: '订单详情:钱在哪里 · one order: where the money is',
    description:
      '包括状态说明、排队位置(仅冻结中且未分配时)、银行冻结与归集流水、退款明细、全部流转时间。 ' +
      "What the state waits for, the place in the queue (while frozen and not allocated), the bank's serials, what came back and why, and every move with its time.",
  })
  async one(@PublicIdParam('orderId', 'ord') orderId: Uuid, @Customer() session: CustomerSession): Promise<object> {
    return orderSightAnswer(await this.ports.work.read((tx) => whereIsMyOrder(tx, { orderId, customerId: session.customerId })));
  }

  @Post(':orderId/cancellation')
  @Idempotent()
  @ApiOperation({ summary: '募集期内撤单 · take a frozen order back while the listing is raising' })
  async cancel(
    @PublicIdParam('orderId', 'ord') id: Uuid,
    @Command() command: CommandRequest,
    @Customer() session: CustomerSession,
  ): Promise<CommandAnswer> {
    return runAct(this.ports, { session, command }, async (tx) => {
      await cancelOrder(tx, id, session.customerId);
      return { id: publicId('ord', id), state: 'cancelled' };
    });
  }
}
