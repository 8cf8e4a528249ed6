import type { AnswerCode, AnswerStatus, RequestState, ReturnedData, ServiceName } from '#bank/wire';
import { messageOf, type Decision } from './answers';
import type { BankClock } from './clock';
import type { Tx } from './database/cashier';
import type { Session } from './database/connection';

/** What stands under a request number. */
export interface StoredRequest {
  readonly requestNo: string;
  /** Null when the number was closed before anything came under it. */
  readonly service: ServiceName | null;
  readonly bodySha256: string | null;
  readonly decision: Decision;
  readonly returned: ReturnedData | null;
}

interface RequestRow {
  readonly service: ServiceName | null;
  readonly body_sha256: string | null;
  readonly status: AnswerStatus;
  readonly code: AnswerCode;
  readonly bank_serial_no: string | null;
  readonly bank_time: string | null;
  readonly bank_date: string | null;
  readonly data: unknown;
  readonly returned: ReturnedData | null;
  readonly silent: boolean;
  readonly confirmed: boolean;
}

/** The request under a number as the platform may see it now. */
export async function findRequest(session: Session, clock: BankClock, requestNo: string): Promise<StoredRequest | undefined> {
  const [row] = await session.rows<RequestRow>(FIND, [requestNo]);
  if (row === undefined) return undefined;
  const decision: Decision = {
    status: row.status,
    code: row.code,
    bankSerialNo: row.bank_serial_no,
    bankTime: row.bank_time,
    bankDate: row.bank_date,
    data: row.data,
  };
  const { service, body_sha256: bodySha256, returned } = row;
  const shown = isSilent(row, clock) ? MUTE : decision;
  return { requestNo, service, bodySha256, decision: shown, returned };
}

const FIND = `
  select service, body_sha256, status, code, bank_serial_no, bank_time, bank_date, data, returned, silent,
    silent and exists (
      select 1 from confirmation c join statement s on s.name = c.name
      where s.bank_date = r.bank_date and s.type = 'TRANSACTIONS'
    ) as confirmed
  from request r where request_no = $1`;

/** How a request looks that is silent until its statement: the bank has it, and says no more. */
const MUTE: Decision = { status: 'PROCESSING', code: 'OK', bankSerialNo: null, bankTime: null, bankDate: null, data: null };

/** The silence ends when the statement of the request's day was confirmed, at the latest with the next day's cut. */
function isSilent(row: RequestRow, clock: BankClock): boolean {
  if (!row.silent || row.confirmed) return false;
  return row.bank_date === null || daysOfSilence(row.bank_date, clock.openDay()) <= 1;
}

function daysOfSilence(decidedOn: string, openDay: string): number {
  return (Date.parse(openDay) - Date.parse(decidedOn)) / 86_400_000;
}

export async function storeRequest(
  tx: Tx,
  request: { requestNo: string; service: ServiceName; bodySha256: string; silent: boolean },
  decision: Decision,
): Promise<void> {
  await tx.rows(
    `insert into request (request_no, service, body_sha256, status, code, bank_serial_no, bank_time, bank_date, data, silent)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      request.requestNo,
      request.service,
      request.bodySha256,
      decision.status,
      decision.code,
      decision.bankSerialNo,
      decision.bankTime,
      decision.bankDate,
      JSON.stringify(decision.data),
      request.silent,
    ],
  );
}

/** What was accepted or in progress has an end. `mayTell` is false for a request that must stay silent: no notice of it. */
export async function decideRequest(tx: Tx, requestNo: string, decision: Decision): Promise<{ mayTell: boolean }> {
  const [changed] = await tx.rows<{ silent: boolean }>(
    `update request set status = $2, code = $3, bank_serial_no = $4, bank_time = $5, bank_date = $6, data = $7
     where request_no = $1 and status in ('ACCEPTED', 'PROCESSING') returning silent`,
    [requestNo, decision.status, decision.code, decision.bankSerialNo, decision.bankTime, decision.bankDate, JSON.stringify(decision.data)],
  );
  if (changed === undefined) throw new RangeError(`request ${requestNo} was decided before`);
  return { mayTell: !changed.silent };
}

/** Closes a number that nothing stands under: its first copy is refused when it arrives later. */
export async function closeRequest(tx: Tx, requestNo: string): Promise<void> {
  await tx.rows("insert into request (request_no, status, code, data) values ($1, 'CLOSED', 'REQUEST_CLOSED', 'null')", [requestNo]);
}

/** As `requests/query` and `requests/close` show it. */
export function requestState(request: StoredRequest): RequestState {
  const { decision, requestNo, service, returned } = request;
  const { status, code, bankSerialNo, bankTime, bankDate, data } = decision;
  const state = { requestNo, service, status, code, message: messageOf(decision), bankSerialNo, bankTime, bankDate, data };
  return returned === null ? state : { ...state, returned };
}
