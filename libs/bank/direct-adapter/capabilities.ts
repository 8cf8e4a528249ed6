import { z } from 'zod';
import type { Capabilities } from '#bank/port';
import { Outage } from '#kernel/faults';

const accountNo = z.string().min(1);

/** `data` of the service `capabilities`. */
export const capabilitiesShape = z
  .object({
    holdModes: z.array(z.enum(['hold', 'debit'])).min(1),
    factors: z.union([z.literal(4), z.literal(5)]),
    batchLimit: z.int().min(1),
    partialRelease: z.boolean(),
    timestampToleranceSeconds: z.number().positive(),
    settleWindowSeconds: z.number().positive(),
    dayCut: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    requestsPerSecond: z.number().positive(),
    accounts: z.object({
      disbursement: accountNo,
      repayment: accountNo,
      advance: accountNo,
      suspense: accountNo,
      fee: accountNo,
      marketing: accountNo,
    }),
  })
  .transform((told): Capabilities => ({
    ...told,
    holdModes: told.holdModes.map((mode) => (mode === 'hold' ? 'freeze' : 'debit')),
    factors: ['name', 'idNumber', 'cardNo', 'mobile', ...(told.factors === 5 ? ['cardType'] : [])],
  }));

/** How long the bank says that it works on a request at most, and how far our clock is ahead of its. */
export interface WindowFacts {
  readonly processingLimitSeconds: number;
  readonly clockAheadSeconds: number;
}

/**
 * The rule behind every `NOT_FOUND`: after the settle window the first request can neither arrive any more (its timestamp is too old) nor be at work. A clock
 * of ours that is ahead of the bank's makes our timestamps stay fresh for longer, so it counts as well.
 * @throws Outage with one sentence when the bank's figures do not keep the rule
 */
export function checkSettleWindow(told: Pick<Capabilities, 'timestampToleranceSeconds' | 'settleWindowSeconds'>, facts: WindowFacts): void {
  const needed = told.timestampToleranceSeconds + facts.processingLimitSeconds + facts.clockAheadSeconds;
  if (told.settleWindowSeconds > needed) return;
  throw new Outage(
    `the direct bank cannot be connected: its settle window of ${told.settleWindowSeconds} s is not longer than its timestamp tolerance of ` +
      `${told.timestampToleranceSeconds} s, its processing limit of ${facts.processingLimitSeconds} s and our clock's lead of ${facts.clockAheadSeconds} s: ` +
      'a request could still arrive after the bank has said that it knows nothing of it. Have the bank correct its figures, or set the clock.',
  );
}

/** By how much our clock is surely ahead of the bank's: the bank stamped its answer after we had stamped our question. */
export function clockAheadSeconds(askedAt: Date, bankTimestamp: string | undefined): number {
  const answeredAt = Date.parse(bankTimestamp ?? '');
  return Number.isNaN(answeredAt) ? 0 : Math.max(0, (askedAt.getTime() - answeredAt) / 1000);
}
