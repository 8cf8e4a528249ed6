import { parseYuan } from '#kernel/money';
import type { FailureCode, ServiceName, TransactionKind } from '#bank/wire';
import { failed, pending, type Decision } from '../answers';
import type { Bank } from '../bank';
import { freezeByCourt } from '../books/freezing';
import { openPage } from '../books/page';
import type { Tx } from '../database/cashier';
import { decideRequest } from '../requests';
import { services } from '../services';
import type { Acting, Work } from '../services/service';

/** Lets a service decide, after what planned faults make of the call: a court comes first, or the decision comes later. */
export async function decide(work: Work, service: Acting, body: unknown, text: string): Promise<Decision> {
  const court = work.faults.find((fault) => fault.kind === 'judicial_freeze');
  if (court !== undefined) await freezeAimed(work, court.accountNo, body);
  const stalling = work.faults.find((fault) => fault.kind.startsWith('processing_then_'));
  if (stalling === undefined || service.name === 'transfers/submit') return service.act(work, body);
  const code: FailureCode | null = stalling.kind === 'processing_then_failure' ? (stalling.code ?? 'LIMIT_EXCEEDED') : null;
  const subject: Deferred = { requestNo: work.requestNo, service: service.name, text, code };
  const when = stalling.days ? { onDate: work.bank.clock.dayAfter(stalling.days) } : { inMs: stalling.delayMs ?? 500 };
  await work.bank.agenda.note(work.tx, { kind: 'ACT_DEFERRED', subject, ...when });
  return pending('PROCESSING');
}

interface Deferred {
  readonly requestNo: string;
  readonly service: ServiceName;
  readonly text: string;
  readonly code: FailureCode | null;
}

/** The decision that was put off: the service acts now, or the fault's failure is stored. */
export async function actDeferred(tx: Tx, bank: Bank, deferred: Deferred): Promise<void> {
  const service = services.get(deferred.service);
  if (service === undefined || 'read' in service) return;
  const work: Work = { tx, bank, requestNo: deferred.requestNo, faults: [] };
  const decision =
    deferred.code === null
      ? await service.act(work, service.body.parse(JSON.parse(deferred.text)))
      : await refuseLate(work, deferred, deferred.code);
  await decideRequest(tx, deferred.requestNo, decision);
}

const LINE_KINDS: Readonly<Partial<Record<ServiceName, TransactionKind>>> = {
  'accounts/top-up': 'TOP_UP',
  'accounts/withdraw': 'WITHDRAW',
  'holds/place': 'HOLD',
  'holds/release': 'RELEASE',
  'debits/place': 'DEBIT',
  'debits/refund': 'REFUND',
};

/** A refusal of a money service has its line, like any other. */
async function refuseLate(work: Work, { service, text, requestNo }: Deferred, code: FailureCode): Promise<Decision> {
  const kind = LINE_KINDS[service];
  const page = await openPage(work.tx, work.bank, []);
  if (kind === undefined) return failed(code, page.moment);
  const body = JSON.parse(text) as { accountNo?: string; holdNo?: string; listingNo?: string; amount: string };
  const wording = { kind, requestNo, refNo: body.holdNo ?? '', listingNo: body.listingNo ?? '' };
  const serial = await page.refuse(body.accountNo ?? '', body.accountNo ?? '', parseYuan(body.amount), code, wording);
  await page.write();
  return failed(code, page.moment, serial);
}

/** Freezes the account that the fault names, otherwise the one that the body charges. */
async function freezeAimed({ tx, bank }: Work, aimed: string | undefined, body: unknown): Promise<void> {
  const { accountNo, from } = body as Readonly<Record<string, unknown>>;
  const account = aimed ?? (typeof accountNo === 'string' ? accountNo : from);
  if (typeof account === 'string') await freezeByCourt(tx, bank, account, null);
}
