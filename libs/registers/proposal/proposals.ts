import { createHash } from 'node:crypto';
import { Bug, Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { declareTransition, move } from '#platform/transitions';
import { proposalLifecycle } from './proposal.lifecycle';
import { proposalRefusals } from './proposal.refusals';

const execute = declareTransition(proposalLifecycle, 'execute');
const reject = declareTransition(proposalLifecycle, 'reject');
const expire = declareTransition(proposalLifecycle, 'expire');

/** A proposal that nobody approved after so many days of wall time is void. */
const DAYS_TO_APPROVE = 7;

/** What a maker proposes. The payload is frozen and digested: what is approved is what is executed. */
export interface ProposalDraft {
  readonly kind: string;
  /** What it is about: a row's id. */
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly maker: string;
}

/** One row of `proposal`. */
export interface Proposal {
  readonly id: Uuid;
  readonly kind: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly reason: string;
  readonly maker: string;
  readonly checker: string | null;
  readonly state: 'proposed' | 'executed' | 'rejected' | 'expired';
}

/** Writes a proposal. @returns its id */
export async function propose(tx: Tx, draft: ProposalDraft): Promise<Uuid> {
  const id = newId();
  await tx.execute(
    `INSERT INTO proposal (id, kind, subject, payload, digest, reason, maker, expires_at)
     VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, clock_timestamp() + $8 * interval '1 day')`,
    [id, draft.kind, draft.subject, JSON.stringify(draft.payload), proposalDigest(draft), draft.reason, draft.maker, DAYS_TO_APPROVE],
  );
  return id;
}

/**
 * Takes a proposal for its execution by another person, in the transaction that executes it.
 * @throws Refusal PROPOSAL_NOT_FOUND, PROPOSAL_NOT_OPEN, CHECKER_IS_MAKER; Bug when the stored payload is not what was proposed
 */
export async function takeProposal(tx: Tx, id: Uuid, checker: string): Promise<Proposal> {
  const proposal = await lockProposal(tx, id, checker);
  if (proposalDigest(proposal) !== proposal.digest) throw new Bug(`proposal ${id} is not what was proposed`);
  await move(tx, execute, [{ id, patch: { checker } }], { cause: `proposal:${id}`, who: checker });
  return proposal;
}

/** Rejects a proposal. Same refusals as taking it. */
export async function rejectProposal(tx: Tx, id: Uuid, checker: string): Promise<Proposal> {
  const proposal = await lockProposal(tx, id, checker);
  await move(tx, reject, [{ id, patch: { checker } }], { cause: `proposal:${id}`, who: checker });
  return proposal;
}

/** Ends the open proposals of a kind about these subjects: they are gone, or (`overdueOnly`) nobody approved in time. @returns subjects whose proposal ended */
export async function expireProposals(
  tx: Tx,
  kind: string,
  subjects: readonly string[],
  who: string,
  overdueOnly = false,
): Promise<readonly string[]> {
  if (subjects.length === 0) return [];
  const open = await tx.query<{ id: Uuid; subject: string }>(
    `SELECT id, subject FROM proposal WHERE kind = $1 AND state = 'proposed' AND subject = ANY($2::text[]) AND (NOT $3 OR expires_at <= clock_timestamp()) ORDER BY id FOR NO KEY UPDATE`,
    [kind, subjects, overdueOnly],
  );
  await move(
    tx,
    expire,
    open.map(({ id }) => ({ id })),
    { cause: 'expired', who },
  );
  return open.map(({ subject }) => subject);
}

/** Ends every open proposal that nobody approved in time, of whatever kind. Whoever keeps a state of his own for a kind moves it on in the same transaction. */
export async function expireOverdueProposals(tx: Tx): Promise<readonly Pick<Proposal, 'id' | 'kind' | 'subject'>[]> {
  const overdue = await tx.query<Pick<Proposal, 'id' | 'kind' | 'subject'>>(
    `SELECT id, kind, subject FROM proposal WHERE state = 'proposed' AND expires_at <= clock_timestamp() ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
  );
  await move(
    tx,
    expire,
    overdue.map(({ id }) => ({ id })),
    { cause: 'expired', who: 'system' },
  );
  return overdue;
}

/** Proposals that can still be approved, oldest first. @param limit at most 100 */
export function openProposals(tx: Tx, limit = 100): Promise<Proposal[]> {
  return tx.query<Proposal>(
    `SELECT * FROM proposal WHERE state = 'proposed' AND expires_at > clock_timestamp() ORDER BY proposed_at LIMIT $1`,
    [Math.min(limit, 100)],
  );
}

/** A proposal without a lock, or the Refusal PROPOSAL_NOT_FOUND. */
export async function readProposal(tx: Tx, id: Uuid): Promise<Proposal> {
  const [proposal] = await tx.query<Proposal>('SELECT * FROM proposal WHERE id = $1', [id]);
  if (proposal === undefined) throw new Refusal(proposalRefusals.PROPOSAL_NOT_FOUND);
  return proposal;
}

async function lockProposal(tx: Tx, id: Uuid, checker: string): Promise<Proposal> {
  const [row] = await tx.query<Proposal & { expired: boolean }>(
    'SELECT *, expires_at <= clock_timestamp() AS expired FROM proposal WHERE id = $1 FOR NO KEY UPDATE',
    [id],
  );
  if (row === undefined) throw new Refusal(proposalRefusals.PROPOSAL_NOT_FOUND);
  if (row.state !== 'proposed' || row.expired) throw new Refusal(proposalRefusals.PROPOSAL_NOT_OPEN);
  if (row.maker === checker) throw new Refusal(proposalRefusals.CHECKER_IS_MAKER);
  return row;
}

/** What a proposal's digest is made of: its payload in a fixed order of keys, because the database gives a jsonb back in its own. */
export function proposalDigest({ kind, subject, payload }: Pick<ProposalDraft, 'kind' | 'subject' | 'payload'>): string {
  return createHash('sha256')
    .update(`${kind}\n${subject}\n${canonical(payload)}`)
    .digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
