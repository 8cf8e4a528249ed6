import { z } from 'zod';
import { isFailureCode, readAnswer, type Answer } from '#bank/wire';
import type { Exchange, ItemOutcome, Outcome } from '#bank/port';
import type { Channel, Heard } from './channel';
import { isWhole, outcomeOf, readWord, type Standing } from './decisions';
import { outcomeOfTry, type Signal } from './signals';

export type Asked = Outcome & { readonly exchange: Exchange };

const text = z.string().nullable();
const standingShape = z.object({
  requestNo: z.string(),
  service: text,
  status: z.string(),
  code: z.string(),
  bankSerialNo: text,
  bankTime: text,
  bankDate: text,
  data: z.unknown(),
  returned: z.object({ amount: z.string(), bankSerialNo: z.string(), bankDate: z.string() }).optional(),
});

/**
 * What stands under an earlier request's number. `NOT_FOUND` counts only when the question was *asked* later than the settle window after the last try was
 * given up; sooner, the first request may still be on its way.
 */
export async function askForRequest(channel: Channel, requestNo: string, givenUpAt: Date, settleWindowSeconds: number): Promise<Asked> {
  const heard = await channel.ask('requests/query', JSON.stringify({ requestNo }));
  return { ...standingOutcome(heard, requestNo, { givenUpAt, settleWindowSeconds }), exchange: heard.exchange };
}

/** Closes a number, or tells what had been decided under it before. */
export async function closeRequest(channel: Channel, requestNo: string): Promise<Asked> {
  const heard = await channel.ask('requests/close', JSON.stringify({ requestNo }));
  return { ...standingOutcome(heard, requestNo), exchange: heard.exchange };
}

interface Window {
  readonly givenUpAt: Date;
  readonly settleWindowSeconds: number;
}

const PAGE = 1000;

const pageShape = z.object({
  requestNo: z.string(),
  status: z.enum(['ACCEPTED', 'CHECKED', 'RUNNING', 'DONE', 'REJECTED']),
  code: text,
  items: z.array(
    z.object({
      itemNo: z.string(),
      status: z.enum(['WAITING', 'SUCCEEDED', 'FAILED']),
      code: text,
      bankSerialNo: text,
      bankTime: text,
      bankDate: text,
    }),
  ),
  next: text,
});
type Page = z.output<typeof pageShape>;

export interface AskedBatch {
  readonly batch: Outcome;
  readonly items: readonly ItemOutcome[];
  readonly exchange: Exchange;
}

/**
 * Outcome of a batch and of its items, over all pages. A batch goes on while its pages are read, so it is `done` only when every page said so and no item
 * waits any more.
 */
export async function askForBatch(channel: Channel, requestNo: string, window: Window, batchLimit: number): Promise<AskedBatch> {
  const items: ItemOutcome[] = [];
  let everyPageDone = true;
  let after: string | undefined;
  for (;;) {
    const heard = await channel.ask('batches/query', JSON.stringify({ requestNo, after, limit: PAGE }));
    const page = readPage(heard.signal, requestNo);
    if (page === undefined) return { batch: unansweredOutcome(heard, window), items, exchange: heard.exchange };
    if (page.status === 'REJECTED') return { batch: rejected(page), items: [], exchange: heard.exchange };
    everyPageDone &&= page.status === 'DONE';
    items.push(...page.items.map(itemOutcome));
    const goesOn = page.next !== null && page.next !== after && page.items.length > 0 && items.length <= batchLimit;
    if (!goesOn) {
      const done = everyPageDone && page.next === null && items.every((item) => item.kind !== 'waiting');
      return { batch: done ? { kind: 'done', data: {} } : { kind: 'accepted' }, items, exchange: heard.exchange };
    }
    after = page.next ?? undefined;
  }
}

/** What is answered about a number, or why nothing is. A question that failed says nothing about the number. */
function standingOutcome(heard: Heard, requestNo: string, window?: Window): Outcome {
  const answer = verifiedAnswer(heard.signal);
  if (answer?.status !== 'SUCCEEDED') return unansweredOutcome(heard, window);
  const standing = standingShape.safeParse(answer.data);
  if (!standing.success || standing.data.requestNo !== requestNo)
    return { kind: 'undecided', why: 'the answer tells of something else', alarm: true };
  return outcomeOf(standing.data as Standing, standing.data.service, answer.bankTime);
}

function unansweredOutcome(heard: Heard, window?: Window): Outcome {
  if (window !== undefined && verifiedAnswer(heard.signal)?.code === 'NOT_FOUND') return notFound(heard, window);
  const tried = outcomeOfTry(heard.signal, '');
  const why = 'why' in tried ? tried.why : `answered with ${verifiedAnswer(heard.signal)?.code ?? tried.kind}`;
  const alarm = 'alarm' in tried && tried.alarm === true;
  return { kind: 'undecided', why: `the question was not answered: ${why}`, pause: true, ...(alarm ? { alarm } : {}) };
}

function notFound({ exchange }: Heard, { givenUpAt, settleWindowSeconds }: Window): Outcome {
  const sinceMs = exchange.startedAt.getTime() - givenUpAt.getTime();
  return sinceMs > settleWindowSeconds * 1000 ? { kind: 'missing' } : { kind: 'unknown', why: 'NOT_FOUND inside of the settle window' };
}

function verifiedAnswer(signal: Signal): (Omit<Answer, 'code'> & { readonly code: string }) | undefined {
  return signal.heard === 'answer' && signal.httpStatus === 200 ? readAnswer(signal.body) : undefined;
}

function readPage(signal: Signal, requestNo: string): Page | undefined {
  const answer = verifiedAnswer(signal);
  if (answer?.status !== 'SUCCEEDED') return undefined;
  const page = pageShape.safeParse(answer.data);
  return page.success && page.data.requestNo === requestNo ? page.data : undefined;
}

function rejected({ code }: Page): Outcome {
  if (code !== null && isFailureCode(code)) return { kind: 'refused', code };
  return { kind: 'unknown', why: `the batch was rejected with an unknown code ${code ?? ''}`, alarm: true };
}

/** An item that is not exactly what the wire promises keeps waiting: the statement will decide it. */
function itemOutcome(item: Page['items'][number]): ItemOutcome {
  const word = readWord(item);
  const { itemNo } = item;
  if (word !== undefined && item.status === 'SUCCEEDED' && isWhole(word)) return { itemNo, kind: 'done', ...word };
  if (word !== undefined && item.status === 'FAILED' && item.code !== null && isFailureCode(item.code)) {
    return { itemNo, kind: 'refused', code: item.code, ...word };
  }
  return { itemNo, kind: 'waiting' };
}
