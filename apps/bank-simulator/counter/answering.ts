import { HEADER, signedHeaders, type Answer, type ReceivedHeaders } from '#bank/wire';
import { messageOf, type Decision } from '../answers';
import type { Bank } from '../bank';
import type { Reply } from './http';

/** Serial number of the bank's key. */
export const BANK_KEY_SERIAL = 'bank-1';

/** What an answer must repeat of its request, before or without a good signature. */
export interface Question {
  readonly path: string;
  readonly requestNo: string;
}

export function asked(headers: ReceivedHeaders, path: string): Question {
  const requestNo = headers[HEADER.requestNo];
  return { path, requestNo: typeof requestNo === 'string' ? requestNo.slice(0, 64) : '' };
}

/** A signed answer. `why` is for people who look for a mistake. */
export function answer(bank: Bank, question: Question, status: number, decision: Decision, why?: string): Reply {
  const message = why === undefined ? messageOf(decision) : `${messageOf(decision)}: ${why}`;
  const body: Answer = { requestNo: question.requestNo, ...pick(decision), message, data: decision.data };
  return signed(bank, question, status, JSON.stringify(body), 'application/json; charset=utf-8');
}

/** Bytes, signed like any answer. */
export function download(bank: Bank, question: Question, bytes: Buffer): Reply {
  return signed(bank, question, 200, bytes, 'application/octet-stream');
}

function pick(decision: Decision): Omit<Decision, 'data'> {
  const { status, code, bankSerialNo, bankTime, bankDate } = decision;
  return { status, code, bankSerialNo, bankTime, bankDate };
}

function signed(bank: Bank, question: Question, status: number, body: Buffer | string, contentType: string): Reply {
  const headers = signedHeaders({
    direction: 'response',
    path: question.path,
    platformNo: bank.options.platformNo,
    requestNo: question.requestNo,
    timestamp: new Date().toISOString(),
    keySerial: BANK_KEY_SERIAL,
    body,
    privateKeyPem: bank.options.privateKeyPem,
  });
  return { status, headers: { ...headers, 'content-type': contentType }, body };
}
