import { Bug, Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import { businessDate } from '#platform/clock';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import type { Transition } from '#platform/transitions';
import {
  expireOverdueProposals,
  expireProposals,
  propose as writeProposal,
  readProposal,
  rejectProposal,
  takeProposal,
} from '#registers/proposal';
import { postAdjustments } from './adjusting';
import { breakLifecycle } from './break.lifecycle';
import type { BreakRow } from './breaks';
import { followWithOrder, WITH_ITS_ORDER } from './following';
import { lookAgain } from './looking-again';
import { reconciliationRefusals as no } from './reconciliation.refusals';

const propose = declareTransition(breakLifecycle, 'propose');
const decline = declareTransition(breakLifecycle, 'decline');
const adjustAsApproved = declareTransition(breakLifecycle, 'adjust_as_approved');
const closeAsApproved = declareTransition(breakLifecycle, 'close_as_approved');

/** `adjust`: post the correction. `close`: nothing is posted, the reason says why. */
export type BreakDecision = 'adjust' | 'close';

/** One person's proposal about one break. */
export interface BreakProposal {
  readonly breakId: Uuid;
  readonly decision: BreakDecision;
  readonly reason: string;
  readonly maker: string;
}

/** Kind of the proposals about breaks. */
const KIND = 'break';

/**
 * Proposes what shall become of an open break. The payload, with the correction as it stands now, is frozen and digested: what is approved is what is executed.
 * @returns the proposal's id
 * @throws Refusal BREAK_NOT_FOUND, BREAK_NOT_OPEN, BREAK_HAS_NO_CORRECTION
 */
export async function proposeBreakDecision(tx: Tx, proposal: BreakProposal): Promise<Uuid> {
  await expireOverdue(tx, proposal.breakId);
  const row = await lockBreak(tx, proposal.breakId);
  if (row.state !== 'open') throw new Refusal(no.BREAK_NOT_OPEN);
  if (proposal.decision === 'adjust' && row.correction === null) throw new Refusal(no.BREAK_HAS_NO_CORRECTION);
  const { breakId, decision, reason, maker } = proposal;
  const id = await writeProposal(tx, {
    kind: KIND,
    subject: breakId,
    payload: { decision, breakId, correction: correctionOf(row) },
    reason,
    maker,
  });
  await move(tx, propose, [{ id: row.id, patch: { owner: proposal.maker, reason: proposal.reason } }], {
    cause: `proposal:${id}`,
    who: proposal.maker,
  });
  return id;
}

/**
 * Approves and executes a proposal: lets the order follow the statement, or posts the correction, or closes the break, and has its bank date and every later open one proved anew.
 * @throws Refusal PROPOSAL_NOT_FOUND, PROPOSAL_NOT_OPEN, CHECKER_IS_MAKER; LEDGER_FUNDS_MISSING when a guarded account could not bear it
 */
export async function approveBreakDecision(tx: Tx, proposalId: Uuid, checker: string): Promise<void> {
  const { subject } = await readProposal(tx, proposalId);
  const row = await lockBreak(tx, subject as Uuid);
  const { payload } = await takeProposal(tx, proposalId, checker);
  const isAdjusting = payload['decision'] === 'adjust';
  if (correctionOf(row) !== payload['correction']) throw new Bug(`break ${row.id} is not what it was when proposal ${proposalId} was made`);
  const by = { cause: `proposal:${proposalId}`, who: checker };
  const isFollowed = isAdjusting && (await followWithOrder(tx, row, checker));
  if (isAdjusting && !isFollowed) await postAdjustments(tx, [row]);
  const step: Transition = isAdjusting ? adjustAsApproved : closeAsApproved;
  await move(tx, step, [{ id: row.id, patch: { rule: isFollowed ? WITH_ITS_ORDER : 'people', closed_on: await businessDate(tx) } }], by);
  await lookAgain(tx, await datesTouched(tx, row.bank_date), true);
}

/** Rejects a proposal; the break is open again. Same refusals as approving. */
export async function rejectBreakDecision(tx: Tx, proposalId: Uuid, checker: string): Promise<void> {
  const { subject } = await rejectProposal(tx, proposalId, checker);
  await move(tx, decline, [{ id: subject as Uuid }], { cause: `proposal:${proposalId}`, who: checker });
}

/** Every day: proposals that nobody approved in time are void, and the breaks that waited for one are open again. */
export async function scanProposals(tx: Tx): Promise<void> {
  const overdue = await expireOverdueProposals(tx);
  const breaks = overdue.filter(({ kind }) => kind === KIND).map(({ subject }) => ({ id: subject as Uuid }));
  await move(tx, decline, breaks, { cause: 'expired', who: 'system', alreadyMoved: 'skip' });
}

async function lockBreak(tx: Tx, id: Uuid): Promise<BreakRow> {
  const [row] = await tx.query<BreakRow>('SELECT * FROM reconciliation_break WHERE id = $1 FOR NO KEY UPDATE', [id]);
  if (row === undefined) throw new Refusal(no.BREAK_NOT_FOUND);
  return row;
}

/** A proposal that ran out of time leaves its break open for the next one. */
async function expireOverdue(tx: Tx, breakId: Uuid): Promise<void> {
  const [ended] = await expireProposals(tx, KIND, [breakId], 'system', true);
  if (ended !== undefined) await move(tx, decline, [{ id: breakId }], { cause: 'expired', who: 'system', alreadyMoved: 'skip' });
}

async function datesTouched(tx: Tx, bankDate: BusinessDate): Promise<BusinessDate[]> {
  const rows = await tx.query<{ bank_date: BusinessDate }>(
    `SELECT bank_date FROM reconciliation_day WHERE bank_date = $1 OR (bank_date > $1 AND state = 'open') ORDER BY bank_date`,
    [bankDate],
  );
  return rows.map((row) => row.bank_date);
}

/** The movements of a correction as one text: what was proposed and what is executed are compared by it. */
function correctionOf(row: BreakRow): string {
  return (row.correction ?? []).map(({ from, to, fen }) => `${from}>${to}:${fen}`).join(';');
}
