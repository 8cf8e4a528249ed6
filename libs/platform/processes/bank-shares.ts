import { Bug, Outage } from '#kernel/faults';
import { processTable } from './process-table';
import type { AppName } from './process-table';

/** What one running process may use of the bank's requests a second. */
export interface BankSharePlan {
  readonly process: string;
  readonly share: number;
}

/** Four decimals, as the configuration has them: the copies together never get more than the whole. */
const DECIMALS = 10_000;

/**
 * The part of the bank's rate that one copy of a process may use, when as many run as the process table says. A deployment with other numbers sets
 * BANK_RATE_SHARE.
 * @throws Bug for a process that does not speak to the bank
 */
export function bankShareOf(name: AppName): number {
  const { bankShare, copies } = processTable.find((entry) => entry.name === name) ?? {};
  if (bankShare === undefined || copies === undefined) throw new Bug(`${name} has no part of the bank's rate`);
  return Math.floor((bankShare / copies) * DECIMALS) / DECIMALS;
}

/**
 * Adds up the parts of all processes that are about to run.
 * @throws Outage naming the parts when they are more than the whole: the bank would answer 429 to some
 */
export function checkBankShares(plan: readonly BankSharePlan[]): void {
  const wanted = plan.reduce((sum, { share }) => sum + Math.round(share * DECIMALS), 0) / DECIMALS;
  if (wanted <= 1) return;
  const list = plan.map(({ process, share }) => `${process} ${share}`).join(', ');
  throw new Outage(
    `the processes would use ${wanted} of the bank's requests a second (${list}): set each BANK_RATE_SHARE lower, to 1 together.`,
  );
}
