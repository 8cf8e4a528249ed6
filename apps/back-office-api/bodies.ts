import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import type { Method } from '#kernel/interest';
import type { Fen } from '#kernel/money';
import { EitherThisOr, FenField } from '#platform/http';
import { PpmField } from './ppm-field';

/** Repayment methods, as a body names them. */
export const METHODS = ['equal_instalments', 'equal_principal', 'interest_first', 'bullet'];
const KINDS = ['consumer', 'credit', 'business', 'vehicle', 'property'];
/** As many as fit into a body. */
const MOST_GUESTS = 4_000;

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
  @EitherThisOr('termDays')
  @IsInt()
  @Min(1)
  @Max(360)
  termMonths?: number;

  @ApiProperty({ type: 'integer', required: false, minimum: 1, maximum: 10_950 })
  @EitherThisOr('termMonths')
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
  @ApiProperty({ type: [String], example: ['C00000000001001'], minItems: 1, maxItems: MOST_GUESTS })
  @IsString({ each: true })
  @Length(1, 40, { each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_GUESTS)
  customerNos!: string[];
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
