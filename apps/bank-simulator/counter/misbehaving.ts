import { setTimeout } from 'node:timers/promises';
import { READS, type ServiceName } from '#bank/wire';
import type { Bank } from '../bank';
import type { FaultKind, Occasion, PlannedFault } from '../faults/fault';

/** Faults that strike any call; others strike items, notices and statements. */
const OF_CALLS: readonly FaultKind[] = ['drop_answer', 'drop_request', 'delay', 'answer_500', 'busy'];

/** Faults of calls that act: a question has no outcome that could come late. */
const OF_ACTS: readonly FaultKind[] = ['processing_then_success', 'processing_then_failure', 'silent_until_statement', 'judicial_freeze'];

/** What faults do to a call, beside what the bank does. */
export interface Effects {
  readonly delayMs: number;
  readonly dropRequest: boolean;
  readonly dropAnswer: boolean;
  readonly busy: boolean;
  readonly failBefore: boolean;
  readonly failAfter: boolean;
}

/** The faults that strike this call. Two belong to one service each, so that an aim without a service cannot miss them. */
export async function strikeCall(bank: Bank, service: ServiceName, requestNo: string, body: unknown): Promise<readonly PlannedFault[]> {
  if (bank.faults.list().length === 0) return [];
  const kinds = READS.has(service) ? [...OF_CALLS] : [...OF_CALLS, ...OF_ACTS];
  if (service === 'transfers/submit') kinds.push('return_transfer');
  if (service === 'accounts/withdraw') kinds.push('bounce_withdrawal');
  return bank.faults.strike(kinds, { service, requestNo, ...aimsOf(body) });
}

export function effectsOf(faults: readonly PlannedFault[]): Effects {
  const has = (kind: FaultKind): boolean => faults.some((fault) => fault.kind === kind);
  const broken = faults.find((fault) => fault.kind === 'answer_500');
  const delay = faults.find((fault) => fault.kind === 'delay');
  return {
    delayMs: delay === undefined ? 0 : (delay.delayMs ?? 1000),
    dropRequest: has('drop_request'),
    dropAnswer: has('drop_answer') || has('silent_until_statement'),
    busy: has('busy'),
    failBefore: broken !== undefined && !broken.acted,
    failAfter: broken !== undefined && broken.acted,
  };
}

export async function wait(ms: number): Promise<void> {
  await setTimeout(ms);
}

/** What a fault may aim at in a request's body. */
function aimsOf(body: unknown): Occasion {
  const words = body as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const items = Array.isArray(words['items']) ? (words['items'] as Readonly<Record<string, unknown>>[]) : [];
  const accounts = [words['accountNo'], words['from'], words['to'], ...items.flatMap((item) => [item['from'], item['to']])];
  return {
    accountNos: new Set(accounts.filter((accountNo) => typeof accountNo === 'string')),
    itemNos: new Set(items.map((item) => item['itemNo']).filter((itemNo) => typeof itemNo === 'string')),
    customerNo: text(words['customerNo']),
    listingNo: text(words['listingNo']),
    orderNo: text(words['orderNo']),
    holdNo: text(words['holdNo']),
    transactionKind: text(words['kind']),
  };
}
