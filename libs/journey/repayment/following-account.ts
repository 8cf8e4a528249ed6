import { readListing } from '#journey/listing';
import type { Uuid } from '#kernel/ids';
import { lockDay } from '#platform/clock';
import { defineJob } from '#platform/queue';
import { openAccounts } from '#registers/ledger';
import { lockLoanOf } from './persistence/lent-orders';
import { moveToAccount } from './persistence/loans';

/** The bank has registered another account of the borrower: from the next charge on, the loan is repaid from that one. What is under way is decided on the old one. */
export const followAccountJob = defineJob({
  name: 'repayment.follow-account',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const { id, borrower_account_no: accountNo } = await readListing(tx, call.job.subject as Uuid);
      const loan = await lockLoanOf(tx, id);
      if (loan !== undefined && accountNo !== null) {
        const [accountId] = await openAccounts(tx, [{ kind: 'E', accountNo }]);
        await moveToAccount(tx, loan.id, accountId!);
      }
      await call.done(tx);
    });
  },
});
