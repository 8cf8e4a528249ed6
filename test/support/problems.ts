import type { DoorAnswer } from './door';

/** A refusal as a customer's program reads it. */
export interface ProblemSeen {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly requestId: string;
}

/** What is not as it must be in an answer that says no: nothing, when it is a clear problem in both languages. */
export function unclear({ status, headers, body }: DoorAnswer<Partial<ProblemSeen>>): string[] {
  const wrong: string[] = [];
  if (status < 400 || status >= 500) wrong.push(`it is answered with ${status}`);
  if (headers.get('content-type')?.startsWith('application/problem+json') !== true)
    wrong.push(`it comes as ${headers.get('content-type')}`);
  if (body.status !== status) wrong.push(`it says ${body.status} inside and ${status} outside`);
  if (!/^[A-Z][A-Z_]+$/.test(body.code ?? '')) wrong.push(`its code is ${body.code}`);
  if (!/\p{Script=Han}/u.test(body.messageZh ?? '')) wrong.push(`its Chinese is ${body.messageZh}`);
  if (!/[a-z]{3}/.test(body.messageEn ?? '')) wrong.push(`its English is ${body.messageEn}`);
  if ((body.requestId ?? '') === '') wrong.push('it has no request id');
  return wrong;
}
