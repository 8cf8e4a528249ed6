import { Controller, Get, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { withdrawRaise } from '#journey/listing';
import { handOn } from '#journey/repayment';
import { decideByOperator, payDisbursementAgain, payReturnedAgain } from '#journey/settlement';
import { Bug } from '#kernel/faults';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import { Command, Idempotent, PublicIdParam, plain } from '#platform/http';
import type { CommandAnswer, CommandRequest } from '#platform/http';
import type { Tx } from '#platform/database';
import type { Operator } from '#registers/identity';
import { openProposals, readProposal, rejectProposal, takeProposal } from '#registers/proposal';
import { approveBreakDecision, rejectBreakDecision } from '#watch/reconciliation';
import { runAct } from '../act';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { CurrentOperator, EVERYBODY, Roles } from '../session';
import type { OperatorRequest } from '../session';

/** Maker-checker 双人复核: what one person proposed, another one approves or rejects. */
@ApiTags('复核 proposals')
@Controller('proposals')
export class ProposalsController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get()
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '待复核的提议 · open proposals' })
  async list(): Promise<object> {
    const rows = await this.ports.work.read((tx) => openProposals(tx));
    return { items: rows.map(({ id, ...row }) => ({ ...plain(row), id: publicId('prp', id) })) };
  }

  @Post(':proposalId/approval')
  @Roles('checker')
  @Idempotent()
  @ApiOperation({ summary: '复核通过并执行 · approve and execute' })
  async approve(
    @PublicIdParam('proposalId', 'prp') id: Uuid,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'proposal.approved', subject: publicId('prp', id) };
    return runAct(this.ports, act, async (tx, checker) => {
      await execute(tx, id, checker);
      return { proposalId: publicId('prp', id), state: 'executed' };
    });
  }

  @Post(':proposalId/rejection')
  @Roles('checker')
  @Idempotent()
  @ApiOperation({ summary: '驳回 · reject' })
  async reject(
    @PublicIdParam('proposalId', 'prp') id: Uuid,
    @Command() command: CommandRequest,
    @CurrentOperator() operator: Operator,
    @Req() request: OperatorRequest,
  ): Promise<CommandAnswer> {
    const act = { operator, command, requestId: request.id, act: 'proposal.rejected', subject: publicId('prp', id) };
    return runAct(this.ports, act, async (tx, checker) => {
      const { kind } = await readProposal(tx, id);
      await (kind === 'break' ? rejectBreakDecision(tx, id, checker) : rejectProposal(tx, id, checker));
      return { proposalId: publicId('prp', id), state: 'rejected' };
    });
  }
}

/** What is executed is what was proposed: kind and payload come from the stored, digested row. */
async function execute(tx: Tx, id: Uuid, checker: string): Promise<void> {
  const { kind } = await readProposal(tx, id);
  if (kind === 'break') return approveBreakDecision(tx, id, checker);
  const { subject, payload, reason } = await takeProposal(tx, id, checker);
  if (kind === 'settlement.decide') return decideByOperator(tx, subject as Uuid, payload['decision'] as 'drop' | 'fail', checker);
  if (kind === 'settlement.pay-again') return payDisbursementAgain(tx, subject as Uuid, checker);
  if (kind === 'listing.withdraw') return withdrawRaise(tx, subject as Uuid, reason, { cause: publicId('prp', id), who: checker });
  if (kind === 'settlement.returned-money') return dealWithReturned(tx, subject as Uuid, payload);
  throw new Bug(`proposals of kind ${kind} have no execution`);
}

/** Premium or fee is paid again, or what lies in D goes to the borrower. */
async function dealWithReturned(tx: Tx, listingId: Uuid, payload: Readonly<Record<string, unknown>>): Promise<void> {
  if (payload['decision'] === 'hand_on') return handOn(tx, listingId, fen(payload['amountFen'] as string));
  return payReturnedAgain(tx, listingId, payload['decision'] === 'pay_premium_again' ? 'premium' : 'fee');
}
