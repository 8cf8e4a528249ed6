import type { Readable } from 'node:stream';
import { Refusal } from '#kernel/faults';
import { isId } from '#kernel/interest';
import { type CommandIo, write } from './command';
import { lineRefusals } from './json-lines.refusals';
import { refusalSentence } from './refusal-sentence';

/** Longest line that is read, in UTF-16 units. */
const MAX_LINE = 64 * 1024 * 1024;
/** Answers are written in portions of about this many characters. */
const PORTION = 64 * 1024;

/**
 * One JSON request a line in, one JSON answer a line out, in order. What is wrong with a line is its answer:
 * `{"id", "error": {"code", "message"}}`, with the id of the request where it has a readable one, else null. Reads no faster than the
 * answers are taken.
 * @param answer makes an answer of a parsed request, or throws a Refusal
 */
export async function answerLines({ stdin, stdout }: CommandIo, answer: (request: unknown) => object): Promise<void> {
  let portion = '';
  for await (const line of linesOf(stdin)) {
    portion += `${JSON.stringify(answerTo(line, answer))}\n`;
    if (portion.length < PORTION) continue;
    await write(stdout, portion);
    portion = '';
  }
  if (portion !== '') await write(stdout, portion);
}

function answerTo(line: string | undefined, answer: (request: unknown) => object): object {
  let request: unknown;
  try {
    request = parse(line);
    return answer(request);
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return { id: idOf(request), error: { code: fault.code, message: refusalSentence(fault) } };
  }
}

function parse(line: string | undefined): unknown {
  if (line === undefined) throw new Refusal(lineRefusals.LINE_TOO_LONG);
  try {
    return JSON.parse(line);
  } catch {
    throw new Refusal(lineRefusals.JSON_INVALID);
  }
}

function idOf(request: unknown): string | number | null {
  const id = typeof request === 'object' && request !== null && 'id' in request ? request.id : null;
  return isId(id) ? id : null;
}

/** The lines of a stream, without their ends; `undefined` stands for one that is too long. A last line needs no end. */
async function* linesOf(stream: Readable): AsyncGenerator<string | undefined> {
  stream.setEncoding('utf8');
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<string>) {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      yield length + end - from > MAX_LINE ? undefined : parts.join('') + chunk.slice(from, end);
      parts = [];
      length = 0;
      from = end + 1;
    }
    length += chunk.length - from;
    if (length > MAX_LINE) parts = [];
    else if (from < chunk.length) parts.push(chunk.slice(from));
  }
  if (length > 0) yield length > MAX_LINE ? undefined : parts.join('');
}
