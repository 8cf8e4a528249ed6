import { Body, Controller, Get, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { readListing } from '#journey/listing';
import { repaymentRefusals } from '#journey/repayment';
import { lockSettlementIn, previewDecision, settlementRefusals } from '#journey/settlement';
import type { Settlement } from '#journey/settlement';
import { Refusal } from '#kernel/faults';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { Command, Idempotent, PublicIdParam, plain } from '#platform/http';
import type { CommandAnswer, CommandRequest } from '#platform/http';
import type { Operator } from '#registers/identity';
import { propose } from '#registers/proposal';
import { runAct } from '../act';
import { ReasonBody, ReturnedMoneyBody, SettlementProposalBody } from '../bodies';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

/** The settlement of one listing: what was collected, what each policy would do, what is paid again. */
@ApiTags('放款 settlements')
@Controller('listings/:listingId/settlement')
export class SettlementsController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get()
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '放款进度,失败项各策略预览 · progress, and what each policy would do' })
  async one(@PublicIdParam('listingId', 'lst') id: Uuid): Promise<object> {
    return this.ports.work.run(async (tx) => {
      const listing = await readListing(tx, id);
      const [settlement] = await tx.query<Settlement>('SELECT * FROM settlement WHERE listing_id = $1', [id]);
      if (settlement === undefined) throw new Refusal(settlementRefusals.SETTLEMENT_NOT_FOUND);
      const reclaims = await tx.query<object>(
        'SELECT source, state, amount_fen, asked_on, bridge_tried_on FROM reclaim WHERE listing_id = $1 ORDER BY source DESC',
        [id],
      );
      const preview = settlement.state === 'deciding' ? await previewDecision(tx, listing, settlement) : null;
      return {
        ...plain({ ...settlement, id: null }),
        id: publicId('set', settlement.id),
        listingId: publicId('lst', id),
        preview: preview === null ? null : plain(preview),
        reclaims: reclaims.map(plain),
      };
    });
  }

  @Post('decision-proposals')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '提议失败项的处理(需复核)· propose what happens to failed items; another person approves' })
  async decide(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: SettlementProposalBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'proposal.made', subject: publicId('lst', id) };
    return runAct(this.ports, act, async (tx, maker) => {
      await lockSettlementIn(tx, id, 'deciding');
      const proposal = await propose(tx, {
        kind: 'settlement.decide',
        subject: id,
        payload: { decision: body.decision },
        reason: body.reason,
        maker,
      });
      return { proposalId: publicId('prp', proposal) };
    });
  }

  @Post('repayment-to-borrower-proposals')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '提议重新放款(退回后,需复核)· propose to pay a returned disbursement again' })
  async payAgain(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: ReasonBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'proposal.made', subject: publicId('lst', id) };
    return runAct(this.ports, act, async (tx, maker) => {
      await lockSettlementIn(tx, id, 'returned');
      const proposal = await propose(tx, { kind: 'settlement.pay-again', subject: id, payload: {}, reason: body.reason, maker });
      return { proposalId: publicId('prp', proposal) };
    });
  }

  @Post('returned-money-proposals')
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: '提议处理退回的保费、服务费等(需复核)· propose what becomes of premium, fee or other money that came back' })
  async returnedMoney(
    @PublicIdParam('listingId', 'lst') id: Uuid,
    @Body() body: ReturnedMoneyBody,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'proposal.made', subject: publicId('lst', id) };
    return runAct(this.ports, act, async (tx, maker) => {
      await lockSettlementIn(tx, id, 'settled');
      if (body.decision === 'hand_on' && body.amountFen === undefined) throw new Refusal(repaymentRefusals.PAYMENT_AMOUNT_INVALID);
      const payload = { decision: body.decision, amountFen: body.decision === 'hand_on' ? String(body.amountFen) : null };
      const proposal = await propose(tx, { kind: 'settlement.returned-money', subject: id, payload, reason: body.reason, maker });
      return { proposalId: publicId('prp', proposal) };
    });
  }
}
