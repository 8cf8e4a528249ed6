import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsInt, IsISO8601, IsOptional, IsString, Length, Max, Min, ValidateIf } from 'class-validator';
import type { Uuid } from '#kernel/ids';
import type { Method } from '#kernel/interest';
import type { Fen } from '#kernel/money';
import type { BusinessDate, DayCount, WorkingDays } from '#kernel/time';
import { BusinessDateField, FenField, PublicIdField } from '#platform/http';
import { PpmField } from './ppm-field';

const METHODS = ['equal_instalments', 'equal_principal', 'interest_first', 'bullet'];
const KINDS = ['consumer', 'credit', 'business', 'vehicle', 'property'];
const AUDIENCES = ['everyone', 'newcomers', 'named'];
const POLICIES = ['drop', 'fail', 'retry_then_drop', 'retry_then_fail', 'ask'];

export class SignInBody {
  @ApiProperty({ example: 'reviewer-1' })
  @IsString()
  @Length(1, 64)
  login!: string;

  @ApiProperty({ example: 'a long password' })
  @IsString()
  @Length(1, 200)
  password!: string;
}

export class InstitutionBody {
  @ApiProperty({ example: '示例保险公司' })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiProperty({ enum: ['insurer', 'guarantor'] })
  @IsIn(['insurer', 'guarantor'])
  kind!: 'insurer' | 'guarantor';

  @ApiProperty({ example: '9000000000000001', description: '该机构在本行的账户 | its account at this bank' })
  @IsString()
  @Length(1, 40)
  accountNo!: string;
}

/** A listing from the bank's offline business or a third party. */
export class OfflineListingBody {
  @ApiProperty({ enum: ['bank_offline', 'third_party'] })
  @IsIn(['bank_offline', 'third_party'])
  source!: 'bank_offline' | 'third_party';

  @ApiProperty({ example: 'C0000001', description: "融资人的银行客户号 | the borrower's number at the bank" })
  @IsString()
  @Length(1, 40)
  borrowerNo!: string;

  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  kind!: 'consumer' | 'credit' | 'business' | 'vehicle' | 'property';

  @FenField()
  amountFen!: Fen;

  @PpmField({ max: 1_000_000 })
  annualRatePpm!: number;

  @ApiProperty({ type: 'integer', required: false, minimum: 1, maximum: 360 })
  @ValidateIf((body: OfflineListingBody) => body.termDays === undefined)
  @IsInt()
  @Min(1)
  @Max(360)
  termMonths?: number;

  @ApiProperty({ type: 'integer', required: false, minimum: 1, maximum: 10_950 })
  @ValidateIf((body: OfflineListingBody) => body.termMonths === undefined)
  @IsInt()
  @Min(1)
  @Max(10_950)
  termDays?: number;

  @ApiProperty({ enum: METHODS })
  @IsIn(METHODS)
  method!: Method;

  @ApiProperty({ example: 'business' })
  @IsString()
  @Length(1, 100)
  purpose!: string;
}

/** The customers for whom a listing is, by their numbers at the bank; they take the place of those named before. */
export class GuestsBody {
  @ApiProperty({ type: [String], example: ['C00000000001001'], minItems: 1, maxItems: 10_000 })
  @IsString({ each: true })
  @Length(1, 40, { each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  customerNos!: string[];
}

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
  @IsOptional()
  @IsIn(['30/360', 'ACT/365', 'ACT/360'])
  dayCount?: DayCount;

  @ApiProperty({ enum: ['none', 'following', 'modified_following'], required: false })
  @IsOptional()
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
  @IsOptional()
  @IsIn(['freeze', 'debit'])
  holdMode?: 'freeze' | 'debit';

  @ApiProperty({
    enum: AUDIENCES,
    required: false,
    description: '面向: 所有人、新手(无其他在投订单)、指定客户 | everyone, customers without another live order, named customers',
  })
  @IsOptional()
  @IsIn(AUDIENCES)
  audience?: 'everyone' | 'newcomers' | 'named';

  @ApiProperty({ enum: POLICIES, required: false })
  @IsOptional()
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
  @IsOptional()
  @IsIn(['by_days', 'none'])
  premiumReturn?: 'by_days' | 'none';

  @PpmField({ optional: true, max: 500_000 })
  serviceFeePpm?: number;

  @ApiProperty({ enum: ['by_days', 'none'], required: false })
  @IsOptional()
  @IsIn(['by_days', 'none'])
  feeReturn?: 'by_days' | 'none';

  @ApiProperty({ type: 'integer', required: false, minimum: 0, maximum: 60 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(60)
  graceDays?: number;

  @PpmField({ optional: true, max: 100_000 })
  penaltyPpmPerDay?: number;

  @PpmField({ optional: true, max: 1_000_000, min: 1 })
  capPpm?: number;
}

export class ReviewBody {
  @ApiProperty({ enum: [1, 2] })
  @IsIn([1, 2])
  level!: 1 | 2;

  @ApiProperty({ enum: ['approve', 'reject'] })
  @IsIn(['approve', 'reject'])
  decision!: 'approve' | 'reject';

  @ApiProperty({ example: '资料齐全,用途真实' })
  @IsString()
  @Length(1, 500)
  reason!: string;
}

export class ReasonBody {
  @ApiProperty({ example: '融资人申请撤回' })
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** A money decision that another person must approve. */
export class SettlementProposalBody extends ReasonBody {
  @ApiProperty({ enum: ['drop', 'fail'] })
  @IsIn(['drop', 'fail'])
  decision!: 'drop' | 'fail';
}

/** What becomes of money that lies in the disbursement account of a settled listing and that the settlement had paid. */
export class ReturnedMoneyBody extends ReasonBody {
  @ApiProperty({
    enum: ['pay_premium_again', 'pay_fee_again', 'hand_on'],
    description: 'hand_on:归融资人(先抵应还,余额退回) | hand_on: to the borrower (pays what he owes, the rest goes to his account)',
  })
  @IsIn(['pay_premium_again', 'pay_fee_again', 'hand_on'])
  decision!: 'pay_premium_again' | 'pay_fee_again' | 'hand_on';

  /** Of `hand_on`. */
  @FenField({ optional: true })
  amountFen?: Fen;
}

export class AdvanceBody {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 31, example: 1 })
  @IsInt()
  @Min(1)
  @Max(31)
  days!: number;
}
