import { publishedCalendar } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import type { By } from '#platform/transitions';
import { mustPark } from '#registers/suspense';
import { parkPayouts } from './parking';
import { sendPayouts, toPresentAccounts } from './paying-out';
import { lockLoans } from './persistence/loans';
import { loansWithRefusedPayouts, refusedPayouts } from './persistence/payouts';
import type { Payout } from './persistence/payouts';

/**
 * What the bank refused to pay out is tried again once a day, to the account that the customer has now; what was refused for three working days goes to his
 * suspense account. An excess of the borrower whose parking failed is parked again.
 */
export async function retryRefused(tx: Tx, today: BusinessDate, by: By): Promise<void> {
  const loans = await lockLoans(tx, await loansWithRefusedPayouts(tx), today);
  if (loans.size === 0) return;
  const refused = await refusedPayouts(tx, [...loans.keys()]);
  await parkPayouts(
    tx,
    loans,
    refused.filter((payout) => isForSuspense(payout, today)),
    by,
  );
  const again = await toPresentAccounts(
    tx,
    refused.filter((payout) => !isForSuspense(payout, today)),
  );
  for (const loan of loans.values())
    await sendPayouts(
      tx,
      loan,
      again.filter((payout) => payout.loanId === loan.id),
      by,
    );
}

function isForSuspense({ isExcess, firstRefusedOn }: Payout, today: BusinessDate): boolean {
  return isExcess || (firstRefusedOn !== null && mustPark(firstRefusedOn, today, publishedCalendar));
}
