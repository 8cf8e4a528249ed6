import { ApiProperty } from '@nestjs/swagger';
import { investmentOrderLifecycle, investmentReturnLifecycle } from '#journey/investment';
import { listingLifecycle } from '#journey/listing';

function Fen(example: number, description?: string): PropertyDecorator {
  return ApiProperty({ type: 'integer', format: 'int64', minimum: 0, example, ...(description === undefined ? {} : { description }) });
}

function Count(example: number, description?: string): PropertyDecorator {
  return ApiProperty({ type: 'integer', minimum: 0, example, ...(description === undefined ? {} : { description }) });
}

class OrdersInState {
  @ApiProperty({ enum: investmentOrderLifecycle.states, example: 'frozen' })
  state!: string;

  @Count(96)
  orders!: number;

  @Fen(960_000)
  amountFen!: number;

  @Fen(0, '配售结果；配售前为 0 | what the allocation accepted; 0 before it')
  acceptedFen!: number;

  @Fen(0)
  collectedFen!: number;
}

class ReturnsInState {
  @ApiProperty({ example: 'cancelled' })
  cause!: string;

  @ApiProperty({ enum: investmentReturnLifecycle.states, example: 'done' })
  state!: string;

  @Count(1)
  returns!: number;

  @Fen(10_000)
  amountFen!: number;
}

/** How a raise stands, in the words of the document: the fields of `RaiseStanding` in camelCase. */
export class RaiseAnswer {
  @ApiProperty({ enum: listingLifecycle.states, example: 'raising' })
  state!: string;

  @Fen(1_000_000, '募集金额 | what is to be raised')
  amountFen!: number;

  @Fen(1_060_000, '可售额度：金额加超募额度 | what may be sold: the amount and its overbooking allowance')
  quotaFen!: number;

  @Fen(980_000, '已占额 | live orders, decided by the bank or not')
  takenFen!: number;

  @Fen(960_000, '其中已冻结 | of these, frozen at the bank')
  frozenFen!: number;

  @Fen(40_000, '距满标 | what must still be frozen until the door closes')
  missingFen!: number;

  @Count(2, '银行尚未答复的订单 | orders that the bank has not decided')
  openOrders!: number;

  @ApiProperty({ type: [OrdersInState] })
  orders!: OrdersInState[];

  @ApiProperty({ type: [ReturnsInState] })
  returns!: ReturnsInState[];
}
