import { minimumRaiseOf } from '#journey/listing';
import type { Listing } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { allocationRules, outcomeOf } from './allocation';
import { asCandidate } from './candidates';
import type { CandidateRow } from './candidates';
import { digestOf, receiptOf } from './receipt';
import type { Receipt } from './receipt';
import { differencesOf, notDone } from './receipt-differences';
import type { Deed } from './receipt-differences';
import { receiptsOf } from './receipts';
import type { KeptReceipt } from './receipts';

/** One run of the allocation, told again from the log. `differences` is empty when the receipt was reproduced byte by byte. */
export interface Replay {
  readonly receipt: KeptReceipt;
  readonly differences: readonly string[];
}

/** What came of telling the allocations of a listing again. */
export interface Replays {
  readonly rounds: readonly Replay[];
  /** Runs of which the listing's moves tell and no receipt does, a sentence each. */
  readonly withoutReceipt: readonly string[];
}

/**
 * Tells the allocations of a listing again out of the append-only log alone: which orders the moves had frozen in the snapshot of the run, what the orders ask for,
 * when and in which place the bank says that it held their money, what was registered for sale, and the day of the run. The rule of the receipt's version is asked
 * again, and everything is compared with the receipt, and the receipt with what was done.
 * @param round one run, counted from 1; all unless given
 */
export async function replayAllocations(tx: Tx, listing: Listing, round?: number): Promise<Replays> {
  const rounds: Replay[] = [];
  for (const receipt of await receiptsOf(tx, listing.id, round)) {
    rounds.push({ receipt, differences: await replayOne(tx, listing, receipt) });
  }
  return { rounds, withoutReceipt: round === undefined ? await runsWithoutReceipt(tx, listing.id) : [] };
}

async function runsWithoutReceipt(tx: Tx, listingId: Uuid): Promise<readonly string[]> {
  const rows = await tx.query<{ event: string; cause: string; business_date: BusinessDate }>(
    `SELECT m.event, m.cause, m.business_date FROM move m WHERE m.noun = 'listing' AND m.subject_id = $1 AND m.from_state = 'raised' AND m.who = 'system'
       AND NOT EXISTS (SELECT FROM allocation a WHERE a.listing_id = $1 AND a.cause = m.cause) ORDER BY m.id`,
    [listingId],
  );
  return rows.map(({ event, cause, business_date: day }) => `no receipt: the run ${cause} of ${day} (${event}) has none`);
}

async function replayOne(tx: Tx, listing: Listing, receipt: KeptReceipt): Promise<readonly string[]> {
  const rule = allocationRules[receipt.ruleVersion];
  if (rule === undefined) return [`rule: version ${receipt.ruleVersion} is not known to this build`];
  if (receipt.seen === null) return ['log: the receipt is older than the log that could replay it'];
  const run = await runOf(tx, listing.id, receipt.cause);
  if (run === undefined) return [`log: no move of the listing tells of the run ${receipt.cause}`];
  const amount = await registeredAmount(tx, listing.id);
  const rows = await frozenInLog(tx, listing.id, run, receipt.seen);
  const unheld = rows.filter((row) => row.held_at === null || row.held_seq === null);
  if (unheld.length > 0) return unheld.map((row) => `log: order ${row.no} was frozen, and no bank order says when`);
  const candidates = rows.map(asCandidate);
  // What a bank of holds was able to do on that day stands in the receipt alone; one that debits can always give a part back.
  const canPart = listing.hold_mode === 'debit' || receipt.canPart;
  const result = rule(candidates, amount, canPart);
  const isPast = listing.deadline !== null && run.business_date > listing.deadline;
  const outcome = outcomeOf(result, minimumRaiseOf({ ...listing, amount_fen: amount }), isPast);
  const again = receiptOf({ ruleVersion: receipt.ruleVersion, amount, canPart, candidates }, result, outcome);
  return [
    ...differencesOf(receipt, again),
    ...(digestOf(receipt) === receipt.digest ? [] : ['digest: it is not that of the receipt itself']),
    ...(END_OF[receipt.outcome] === run.event ? [] : [`outcome: the receipt says ${receipt.outcome}, the listing did ${run.event}`]),
    ...(receipt.outcome === 'allocated' ? notDone(receipt, await deedsOf(tx, listing.id, receipt.cause)) : []),
  ];
}

/** The event by which the listing's moves tell of each outcome. */
const END_OF: Readonly<Record<Receipt['outcome'], string>> = { allocated: 'settle', sold_again: 'reopen', failed: 'fail' };

interface Run {
  readonly move_id: bigint;
  readonly event: string;
  readonly business_date: BusinessDate;
  /** The transaction of the run: what it wrote itself came after what it saw. */
  readonly written_in: string;
}

async function runOf(tx: Tx, listingId: Uuid, cause: string): Promise<Run | undefined> {
  const [run] = await tx.query<Run>(
    `SELECT id AS move_id, event, business_date, written_in::text AS written_in FROM move WHERE noun = 'listing' AND subject_id = $1 AND from_state = 'raised' AND cause = $2`,
    [listingId, cause],
  );
  return run;
}

/** The amount that was registered at the bank for sale; the listing's own shrinks to what was lent. */
async function registeredAmount(tx: Tx, listingId: Uuid): Promise<bigint> {
  const [row] = await tx.query<{ amount_fen: bigint }>(
    `SELECT amount_fen FROM bank_order WHERE subject_id = $1 AND kind = 'LISTING_REGISTER' ORDER BY id DESC LIMIT 1`,
    [listingId],
  );
  return row?.amount_fen ?? 0n;
}

/**
 * Orders whose last move that the run could see had made them frozen, with the bank's own word about when. A snapshot says nothing about its own transaction; and
 * moves with a higher number than the run's own are later ones, also in a database that was restored and counts its transactions anew.
 */
async function frozenInLog(tx: Tx, listingId: Uuid, run: Run, seen: string): Promise<CandidateRow[]> {
  return tx.query<CandidateRow>(
    `WITH last AS MATERIALIZED (
       SELECT DISTINCT ON (m.subject_id) m.subject_id, m.to_state FROM investment_order o JOIN move m ON m.noun = 'investment_order' AND m.subject_id = o.id
       WHERE o.listing_id = $1 AND m.id < $2 AND m.written_in <> $3::xid8 AND pg_visible_in_snapshot(m.written_in, $4::pg_snapshot) ORDER BY m.subject_id, m.id DESC)
     SELECT o.id, o.no, o.amount_fen, o.accepts_part, coalesce(h.data ->> 'heldAt', h.data ->> 'debitedAt')::timestamptz AS held_at,
       coalesce(h.data ->> 'heldSeq', h.data ->> 'seq')::bigint AS held_seq
     FROM last JOIN investment_order o ON o.id = last.subject_id
     LEFT JOIN bank_order h ON h.subject_id = o.id AND h.kind IN ('HOLD', 'DEBIT') AND h.state = 'done' WHERE last.to_state = 'frozen'`,
    [listingId, run.move_id, run.written_in, seen],
  );
}

async function deedsOf(tx: Tx, listingId: Uuid, cause: string): Promise<Deed[]> {
  return tx.query<Deed>(
    `SELECT o.no, CASE m.event WHEN 'accept' THEN coalesce(o.accepted_fen, 0) ELSE 0 END AS accepted
     FROM investment_order o JOIN move m ON m.noun = 'investment_order' AND m.subject_id = o.id AND m.cause = $2 AND m.event IN ('accept', 'leave_out')
     WHERE o.listing_id = $1`,
    [listingId, cause],
  );
}
