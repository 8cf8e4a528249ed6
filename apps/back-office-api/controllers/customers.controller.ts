import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Refusal } from '#kernel/faults';
import { recordAct } from '#registers/audit-log';
import { customerByNo, customerName, identityRefusals } from '#registers/identity';
import type { Operator } from '#registers/identity';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, Roles } from '../session';
import type { OperatorRequest } from '../session';

class UnmaskingBody {
  @ApiProperty({ example: '客户来电核实身份', minLength: 1, maxLength: 500 })
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** Customers, whose personal data nobody sees in passing. */
@ApiTags('客户 customers')
@Controller('customers')
export class CustomersController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  /** The answer is kept nowhere, so the command has no key: asked twice, it is two acts in the audit log. */
  @Post(':customerNo/unmasking')
  @HttpCode(200)
  @Roles('checker')
  @ApiOperation({ summary: '查看客户姓名明文(须填原因,留审计记录)· the name in clear, for a reason; every look is an audit row' })
  async unmask(
    @Param('customerNo') customerNo: string,
    @Body() body: UnmaskingBody,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<{ customerNo: string; name: string | null }> {
    return this.ports.work.run(async (tx) => {
      const customer = await customerByNo(tx, customerNo);
      if (customer === undefined) throw new Refusal(identityRefusals.CUSTOMER_NOT_FOUND);
      await recordAct(tx, {
        who: operator.login,
        act: 'customer.unmasked',
        subject: customerNo,
        details: { reason: body.reason },
        requestId: request.id,
      });
      return { customerNo, name: (await customerName(tx, customer.id, this.ports.sealer)) ?? null };
    });
  }
}
