import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { tell } from '#platform/queue';
import { declareTransition, move } from '#platform/transitions';
import type { By } from '#platform/transitions';
import { loanCleared, loanRepaid } from './facts';
import { instalmentLifecycle } from './instalment.lifecycle';
import { completedInstalments, loanEnds, recoveredInstalments } from './persistence/instalments';

const complete = declareTransition(instalmentLifecycle, 'complete');
const completeByAdvance = declareTransition(instalmentLifecycle, 'complete_by_advance');
const recover = declareTransition(instalmentLifecycle, 'recover');

/**
 * Ends what has come to its end, after payouts or recoveries of some loans have moved: instalments whose every payout is paid or parked, and loans all of
 * whose instalments are. One closed account keeps nobody else waiting. The caller holds the loans' rows.
 */
export async function completeLoans(tx: Tx, loanIds: readonly Uuid[], by: By): Promise<void> {
  if (loanIds.length === 0) return;
  const completed = await completedInstalments(tx, loanIds);
  await move(
    tx,
    complete,
    completed.filter((row) => !row.by_advance).map(({ id }) => ({ id })),
    by,
  );
  await move(
    tx,
    completeByAdvance,
    completed.filter((row) => row.by_advance).map(({ id }) => ({ id })),
    by,
  );
  await move(
    tx,
    recover,
    (await recoveredInstalments(tx, loanIds)).map((id) => ({ id })),
    by,
  );
  const ends = await loanEnds(tx, loanIds);
  if (ends.length > 0)
    await tell(
      tx,
      loanRepaid,
      ends.map((end) => end.listing_id),
    );
  const cleared = ends.filter((end) => end.cleared);
  if (cleared.length > 0)
    await tell(
      tx,
      loanCleared,
      cleared.map((end) => end.listing_id),
    );
}
