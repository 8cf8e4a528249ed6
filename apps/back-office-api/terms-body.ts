import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsISO8601, Max, Min } from 'class-validator';
import type { Uuid } from '#kernel/ids';
import type { Method } from '#kernel/interest';
import type { Fen } from '#kernel/money';
import type { BusinessDate, DayCount, WorkingDays } from '#kernel/time';
import { BusinessDateField, FenField, MayBeMissing, PublicIdField } from '#platform/http';
import { METHODS } from './bodies';
import { PpmField } from './ppm-field';

const AUDIENCES = ['everyone', 'newcomers', 'named'];
const POLICIES = ['drop', 'fail', 'retry_then_drop', 'retry_then_fail', 'ask'];

/** The terms of a listing in review. What is left out keeps its default. */
export class TermsBody {
  @ApiProperty({
    format: 'date-time',
    example: '2026-11-23T10:00:00.000+08:00',
    description: '开标时间(营业时间)| opening, in business time',
  })
  @IsISO8601({ strict: true })
  opensAt!: string;

  @BusinessDateField({ description: '募集截止日 | last business date of the raise' })
  deadline!: BusinessDate;

  @ApiProperty({ enum: ['30/360', 'ACT/365', 'ACT/360'], required: false })
  @MayBeMissing
  @IsIn(['30/360', 'ACT/365', 'ACT/360'])
  dayCount?: DayCount;

  @ApiProperty({ enum: ['none', 'following', 'modified_following'], required: false })
  @MayBeMissing
  @IsIn(['none', 'following', 'modified_following'])
  workingDays?: WorkingDays;

  @FenField({ optional: true, example: 10_000 })
  minimumOrderFen?: Fen;

  @FenField({ optional: true, example: 1 })
  stepFen?: Fen;

  @FenField({ optional: true })
  investorCapFen?: Fen;

  @PpmField({ optional: true, max: 1_000_000, min: 1 })
  minimumRaisePpm?: number;

  @PpmField({ optional: true, max: 1_000_000, min: 1 })
  minimumAfterDropsPpm?: number;

  @PpmField({ optional: true, max: 1_000_000 })
  overbookingPpm?: number;

  @ApiProperty({ enum: ['freeze', 'debit'], required: false })
  @MayBeMissing
  @IsIn(['freeze', 'debit'])
  holdMode?: 'freeze' | 'debit';

  @ApiProperty({
    enum: AUDIENCES,
    required: false,
    description: '面向: 所有人、新手(无其他在投订单)、指定客户 | everyone, customers without another live order, named customers',
  })
  @MayBeMissing
  @IsIn(AUDIENCES)
  audience?: 'everyone' | 'newcomers' | 'named';

  @ApiProperty({ enum: POLICIES, required: false })
  @MayBeMissing
  @IsIn(POLICIES)
  dropPolicy?: 'drop' | 'fail' | 'retry_then_drop' | 'retry_then_fail' | 'ask';

  @ApiProperty({ enum: ['insured', 'channel'] })
  @IsIn(['insured', 'channel'])
  guaranteeMode!: 'insured' | 'channel';

  @PublicIdField('ins', { optional: true })
  institutionId?: Uuid;

  @PpmField({ optional: true, max: 500_000 })
  premiumPpm?: number;

  @ApiProperty({ enum: ['by_days', 'none'], required: false })
  @MayBeMissing
  @IsIn(['by_days', 'none'])
  premiumReturn?: 'by_days' | 'none';

  @PpmField({ optional: true, max: 500_000 })
  serviceFeePpm?: number;

  @ApiProperty({ enum: ['by_days', 'none'], required: false })
  @MayBeMissing
  @IsIn(['by_days', 'none'])
  feeReturn?: 'by_days' | 'none';

  @ApiProperty({ type: 'integer', required: false, minimum: 0, maximum: 60 })
  @MayBeMissing
  @IsInt()
  @Min(0)
  @Max(60)
  graceDays?: number;

  @PpmField({ optional: true, max: 100_000 })
  penaltyPpmPerDay?: number;

  @ApiProperty({
    type: 'integer',
    required: false,
    minimum: 1,
    maximum: 10_950,
    description: '自起息第几日起可提前还款 | first day after the value date on which it may be repaid early',
  })
  @MayBeMissing
  @IsInt()
  @Min(1)
  @Max(10_950)
  earlyFromDay?: number;

  @PpmField({ optional: true, max: 1_000_000 })
  annualRatePpm?: number;

  @ApiProperty({
    enum: METHODS,
    required: false,
    description: '仅限银行推送且未给出利率的融资 | only where the bank pushed it without a price',
  })
  @MayBeMissing
  @IsIn(METHODS)
  method?: Method;

  @PpmField({ optional: true, max: 1_000_000, min: 1 })
  capPpm?: number;
}
