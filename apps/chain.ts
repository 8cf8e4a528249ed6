import {
  allocateJob,
  finishFailingJob,
  freezeJob,
  giveBackAllJob,
  giveBackJob,
  handOverJob,
  listingAllocated,
  scanDeadlines,
  scanReturns,
  settleOrdersJob,
} from '#journey/investment';
import {
  borrowerMoved,
  closeJob,
  creditAnswerJob,
  finishJob,
  followAccountJob,
  listingClosed,
  listingFailed,
  listingFailing,
  listingOpened,
  listingRaised,
  openJob,
  registerJob,
  scanMovedBorrowers,
  scanOpenings,
  scanUntoldEnds,
} from '#journey/listing';
import * as repayment from '#journey/repayment';
import {
  decideJob,
  payNextJob,
  scanCollections,
  scanReturned,
  scanUnwindings,
  settlementEnded,
  settlementPaidAgain,
  settlementSettled,
  settlementUnwound,
  startJob,
  unwindJob,
} from '#journey/settlement';
import type { BusinessDate } from '#kernel/time';
import { lockDay } from '#platform/clock';
import { defineJob, registerChain } from '#platform/queue';
import type { Chain, JobDefinition } from '#platform/queue';
import { askJob, askReturnedJob, closeBankOrderJob, sendJob } from '#registers/bank-order';
import { lineUsed } from '#registers/credit-line';
import { accountMoved, accountNewsJob, forgetAttemptsJob, mandateNewsJob } from '#registers/identity';
import { sealAudit } from '#watch/audit';
import { dayClosed, dayOpened, endDayJob, reconcileAgainJob, scanProposals } from '#watch/reconciliation';

/** The whole chain on one page: which jobs follow from which fact. A step tells facts and never knows who listens. */
export const chain: Chain = {
  [lineUsed]: [registerJob.name],
  [accountMoved]: [followAccountJob.name],
  [borrowerMoved]: [repayment.followAccountJob.name],
  [listingOpened]: 'end',
  [listingRaised]: [allocateJob.name],
  [listingAllocated]: [startJob.name],
  [settlementSettled]: [repayment.startJob.name],
  [settlementPaidAgain]: [repayment.resumeJob.name],
  [settlementEnded]: [repayment.endJob.name],
  [repayment.loanStarted]: 'end',
  [repayment.loanRepaid]: [closeJob.name, settleOrdersJob.name],
  [repayment.loanCleared]: [finishJob.name],
  [listingClosed]: 'end',

  [listingFailing]: [giveBackAllJob.name],
  [settlementUnwound]: 'end',
  [listingFailed]: 'end',

  [dayOpened]: ['journey.scan', repayment.scanJob.name],
  [dayClosed]: 'end',
};
registerChain(chain);

/** What a new day starts before repayment, step by step, in one transaction: on most days nothing, and that should cost next to nothing. */
const scanJob = defineJob({
  name: 'journey.scan',
  lane: 'books',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      await lockDay(tx);
      const today = call.job.subject as BusinessDate;
      for (const scan of [
        scanOpenings,
        scanDeadlines,
        scanReturns,
        scanCollections,
        scanUnwindings,
        scanReturned,
        scanUntoldEnds,
        scanMovedBorrowers,
        scanProposals,
      ])
        await scan(tx, today);
      await call.done(tx);
    });
  },
});

/** Every job of the installation with its one handler: what a fact starts, what a notice starts, what a job starts. */
export function handlers(): readonly JobDefinition[] {
  return [
    ...[sendJob, askJob, askReturnedJob, closeBankOrderJob, accountNewsJob, mandateNewsJob, forgetAttemptsJob],
    ...[creditAnswerJob, registerJob, followAccountJob, openJob, closeJob, finishJob],
    ...[freezeJob, allocateJob, giveBackJob, giveBackAllJob, handOverJob, finishFailingJob, settleOrdersJob],
    ...[startJob, decideJob, payNextJob, unwindJob],
    ...repayment.repaymentJobs,
    scanJob,
    ...[endDayJob, reconcileAgainJob, sealAudit],
  ];
}
