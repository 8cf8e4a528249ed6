import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import type { Method } from '#kernel/interest';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { BusinessDateField, EitherThisOr, FenField, MayBeMissing } from '#platform/http';

const METHODS = ['equal_instalments', 'equal_principal', 'interest_first', 'bullet'];
const KINDS = ['consumer', 'credit', 'business', 'vehicle', 'property'];

/** An application for a loan; exactly one of `termMonths` and `termDays`. */
export class ApplicationBody {
  @ApiProperty({ enum: KINDS, example: 'credit' })
  @IsIn(KINDS)
  kind!: 'consumer' | 'credit' | 'business' | 'vehicle' | 'property';

  @FenField({ example: 1_000_000 })
  amountFen!: Fen;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: 1_000_000,
    example: 57_500,
    description: '年利率,百万分之一 | yearly rate in millionths',
  })
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  annualRatePpm!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 360, required: false, example: 12 })
  @EitherThisOr('termDays')
  @IsInt()
  @Min(1)
  @Max(360)
  termMonths?: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 10_950, required: false })
  @EitherThisOr('termMonths')
  @IsInt()
  @Min(1)
  @Max(10_950)
  termDays?: number;

  @ApiProperty({ enum: METHODS, example: 'equal_instalments' })
  @IsIn(METHODS)
  method!: Method;

  @ApiProperty({ minLength: 1, maxLength: 100, example: 'home_improvement' })
  @IsString()
  @Length(1, 100)
  purpose!: string;
}

/** An investment order. */
export class OrderBody {
  @FenField({ example: 100_000 })
  amountFen!: Fen;

  @ApiProperty({ type: 'boolean', required: false, default: false, description: '同意部分成交 | agrees to be accepted in part' })
  @MayBeMissing
  @IsBoolean()
  acceptsPart?: boolean;
}

/** The borrower's own payment. */
export class PaymentBody {
  @FenField({ example: 50_000 })
  amountFen!: Fen;
}

/** A mandate to be signed on the bank's page. */
export class MandateBody {
  @ApiProperty({ enum: ['REPAY', 'INVEST'], example: 'REPAY' })
  @IsIn(['REPAY', 'INVEST'])
  kind!: 'REPAY' | 'INVEST';

  @FenField({ example: 10_000_000 })
  maxAmountFen!: Fen;

  @BusinessDateField()
  until!: BusinessDate;
}

/** Four factors 四要素 for opening an e-account; they go to the bank and are not kept. */
export class OpeningBody {
  @ApiProperty({ example: '张三', minLength: 2, maxLength: 60 })
  @IsString()
  @Length(2, 60)
  name!: string;

  @ApiProperty({ example: '11010519491231002X' })
  @Matches(/^\d{17}[\dX]$/)
  idNumber!: string;

  @ApiProperty({ example: '6222020000000000000' })
  @Matches(/^\d{12,19}$/)
  cardNo!: string;

  @ApiProperty({ example: '13800001234' })
  @Matches(/^1\d{10}$/)
  mobile!: string;

  @ApiProperty({
    required: false,
    example: 'I',
    maxLength: 20,
    description: '卡类型(五要素银行必填)| kind of the card, where the bank asks for five factors',
  })
  @MayBeMissing
  @IsString()
  @Length(1, 20)
  cardType?: string;
}
