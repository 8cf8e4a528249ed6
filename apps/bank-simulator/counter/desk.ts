import type { IncomingMessage } from 'node:http';
import { isFresh, sha256Hex, verifySigned, type ServiceName } from '#bank/wire';
import { undecided, type Decision } from '../answers';
import type { Bank } from '../bank';
import type { PlannedFault } from '../faults/fault';
import { findRequest, storeRequest } from '../requests';
import { services } from '../services';
import type { Acting, Download, Service } from '../services/service';
import { answer, asked, download, type Question } from './answering';
import { decide } from './deferring';
import { DROPPED, type Reply } from './http';
import { effectsOf, strikeCall, wait } from './misbehaving';

/** A platform's request at the bank's counter, from its signature to its signed answer. */
export async function serveRequest(bank: Bank, request: IncomingMessage, name: ServiceName, body: Buffer): Promise<Reply | typeof DROPPED> {
  const path = new URL(request.url ?? '/', 'http://bank').pathname;
  const question = asked(request.headers, path);
  const method = request.method ?? '';
  const verified = verifySigned(request.headers, {
    direction: 'request',
    method,
    path,
    body,
    publicKeyPem: bank.options.platformPublicKeyPem,
    platformNo: bank.options.platformNo,
  });
  if (!verified.ok) return answer(bank, question, 401, undecided('BAD_SIGNATURE'), verified.why);
  if (!isFresh(verified.timestamp, new Date(), bank.options.timestampToleranceSeconds)) {
    return answer(bank, question, 200, undecided('STALE_TIMESTAMP'));
  }
  if (!bank.pace.allows()) return answer(bank, question, 429, undecided('SYSTEM_BUSY'));
  const service = services.get(name)!;
  const parsed = readShape(service, body);
  if (!parsed.ok) return answer(bank, question, 400, undecided('MALFORMED'), parsed.why);
  const faults = await strikeCall(bank, name, question.requestNo, parsed.body);
  return serveWithFaults(bank, question, service, { shaped: parsed.body, text: body.toString('utf8'), sha256: sha256Hex(body) }, faults);
}

/** A body in its shape, as it came, and its digest. */
interface Body {
  readonly shaped: unknown;
  readonly text: string;
  readonly sha256: string;
}

type Shaped = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly why: string };

function readShape(service: Service, body: Buffer): Shaped {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, why: 'the body is no JSON' };
  }
  const result = service.body.safeParse(value);
  if (result.success) return { ok: true, body: result.data };
  const issue = result.error.issues[0];
  return { ok: false, why: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is malformed'}`.trim() };
}

async function serveWithFaults(
  bank: Bank,
  question: Question,
  service: Service,
  body: Body,
  faults: readonly PlannedFault[],
): Promise<Reply | typeof DROPPED> {
  const effects = effectsOf(faults);
  if (effects.delayMs > 0) await wait(effects.delayMs);
  if (effects.dropRequest) return DROPPED;
  if (effects.busy) return answer(bank, question, 200, undecided('SYSTEM_BUSY'));
  if (effects.failBefore) return answer(bank, question, 500, undecided('SYSTEM_BUSY'), 'broken before anything was done');
  let reply: Reply;
  if ('read' in service) {
    const result = await service.read(bank.reading, bank, body.shaped);
    reply = isDownload(result) ? download(bank, question, result.bytes) : answer(bank, question, 200, result);
  } else {
    const outcome = await act(bank, question.requestNo, service, body, faults);
    reply = outcome.conflict ? answer(bank, question, 409, undecided('REQUEST_CONFLICT')) : answer(bank, question, 200, outcome.decision);
  }
  if (effects.dropAnswer) return DROPPED;
  if (effects.failAfter) return answer(bank, question, 500, undecided('SYSTEM_BUSY'), 'broken after it was done');
  return reply;
}

function isDownload(result: Decision | Download): result is Download {
  return 'bytes' in result;
}

type Outcome = { readonly conflict: true } | { readonly conflict: false; readonly decision: Decision };

/** At the window: the outcome that stands under the number, or the first outcome, stored. */
function act(bank: Bank, requestNo: string, service: Acting, body: Body, faults: readonly PlannedFault[]): Promise<Outcome> {
  return bank.cashier.serve(async (tx): Promise<Outcome> => {
    const known = await findRequest(tx, bank.clock, requestNo);
    if (known !== undefined) {
      if (known.service === null) return { conflict: false, decision: CLOSED };
      const same = known.service === service.name && known.bodySha256 === body.sha256;
      return same ? { conflict: false, decision: known.decision } : { conflict: true };
    }
    const silent = faults.some((fault) => fault.kind === 'silent_until_statement');
    const request = { requestNo, service: service.name, bodySha256: body.sha256, silent };
    const decision = await decide({ tx, bank, requestNo, faults }, service, body.shaped, body.text);
    await storeRequest(tx, request, decision);
    return { conflict: false, decision };
  });
}

/** The first copy of a closed number, come late. */
const CLOSED: Decision = { status: 'FAILED', code: 'REQUEST_CLOSED', bankSerialNo: null, bankTime: null, bankDate: null, data: null };
