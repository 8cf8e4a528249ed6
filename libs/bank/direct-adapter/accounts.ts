import { z } from 'zod';
import type { AccountBalance, AccountState, BankPort, MandateState } from '#bank/port';
import type { MandateKind, ServiceBody } from '#bank/wire';
import { Bug } from '#kernel/faults';
import type { Channel } from './channel';
import { dateText, read, yuanText } from './reading';

const accountShape = z.object({
  accountNo: z.string().nullable(),
  status: z.enum(['NONE', 'OPENING', 'ACTIVE', 'FROZEN', 'CLOSED']),
  boundCard: z.string().nullable(),
});
const balanceShape = z.object({ available: yuanText, held: yuanText, otherFrozen: yuanText, suspense: yuanText, total: yuanText });
const mandateShape = z.object({
  mandateNo: z.string().nullable(),
  status: z.string(),
  maxAmount: yuanText.nullable(),
  until: dateText.nullable(),
});
const urlShape = z.object({ url: z.url() });

export function readAccount(channel: Channel, by: { customerNo: string } | { accountNo: string }): Promise<AccountState> {
  return read(channel, 'accounts/query', by, accountShape);
}

export function readBalance(channel: Channel, accountNo: string, listingNo: string | undefined): Promise<AccountBalance> {
  return read(channel, 'accounts/balance', { accountNo, listingNo }, balanceShape);
}

/** The bank knows at most one mandate of a kind for an account. */
export async function readMandates(channel: Channel, accountNo: string, kind: string): Promise<readonly MandateState[]> {
  const told = await read(channel, 'mandates/query', { accountNo, kind: mandateKind(kind) }, mandateShape);
  const { mandateNo, status, maxAmount, until } = told;
  return mandateNo === null || maxAmount === null || until === null ? [] : [{ mandateNo, status, maxAmount, until }];
}

/** The bank's page on which a customer opens his account. */
export async function openAccount(channel: Channel, customer: Parameters<BankPort['openingUrl']>[0], returnUrl: string): Promise<string> {
  const { customerNo, ...factors } = customer;
  return (await read(channel, 'accounts/opening', { customerNo, factors, returnUrl }, urlShape)).url;
}

/** The bank's page on which a mandate is signed. */
export async function signMandate(
  channel: Channel,
  mandate: Pick<ServiceBody<'mandates/sign'>, 'accountNo' | 'kind' | 'maxAmount' | 'until'>,
  returnUrl: string,
): Promise<string> {
  const { accountNo, kind, maxAmount, until } = mandate;
  return (await read(channel, 'mandates/sign', { accountNo, kind, maxAmount, until, returnUrl }, urlShape)).url;
}

function mandateKind(kind: string): MandateKind {
  const known = (['REPAY', 'ADVANCE', 'RETURN', 'INVEST'] as const).find((name) => name === kind);
  if (known === undefined) throw new Bug(`there is no mandate of kind "${kind}"`);
  return known;
}
