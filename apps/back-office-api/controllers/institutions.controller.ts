import { Body, Controller, Get, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { publicId } from '#kernel/ids';
import { Command, Idempotent } from '#platform/http';
import type { CommandAnswer, CommandRequest } from '#platform/http';
import { institutions, registerInstitution } from '#registers/identity';
import type { Operator } from '#registers/identity';
import { runAct } from '../act';
import { InstitutionBody } from '../bodies';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

/** Insurers and guarantors. */
@ApiTags('机构 institutions')
@Controller('institutions')
export class InstitutionsController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get()
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '机构列表 · insurers and guarantors' })
  async list(): Promise<object> {
    const rows = await this.ports.work.read((tx) => institutions(tx));
    return { items: rows.map(({ id, ...row }) => ({ id: publicId('ins', id), ...row })) };
  }

  @Post()
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '登记机构 · register an insurer or guarantor' })
  async register(
    @Body() body: InstitutionBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const mandates = await this.ports.bank.mandates(body.accountNo, 'ADVANCE');
    const active = mandates.find((mandate) => mandate.status === 'ACTIVE');
    const act = { operator, command, requestId: request.id, act: 'institution.registered', subject: body.accountNo };
    return runAct(this.ports, act, async (tx) => {
      const { id, ...institution } = await registerInstitution(tx, { ...body, advanceMandateNo: active?.mandateNo ?? null });
      return { id: publicId('ins', id), ...institution };
    });
  }
}
