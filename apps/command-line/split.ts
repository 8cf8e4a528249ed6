import { Refusal } from '#kernel/faults';
import { interestRefusals, isId } from '#kernel/interest';
import { fen, fenToJson, split } from '#kernel/money';
import { type Command, COMMON_OPTIONS } from './command';
import { answerLines } from './json-lines';
import { splitRefusals } from './split.refusals';

const MAX_AMOUNTS = 1_200;
const MAX_WEIGHTS = 1_000_000;

/** `rongqiao split`: the shares of many in the successive amounts of one loan, one JSON request a line. */
export const splitCommand: Command = {
  name: 'split',
  summary: {
    zh: '分摊：把一笔借款各期金额按权重分给众多投资人（标准输入每行一个 JSON 请求，每行一个答复）',
    en: 'shares of many in the successive amounts of one loan: one JSON request a line on standard input, one answer a line',
  },
  usage: 'split < requests.jsonl > answers.jsonl',
  options: COMMON_OPTIONS,
  async run(_args, io) {
    await answerLines(io, (value) => {
      const { id, amountsFen, weights } = readRequest(value);
      const parts = split(
        amountsFen.map((amount) => fen(amount)),
        weights.map((weight) => BigInt(weight)),
      );
      return { id, parts: parts.map((shares) => shares.map(fenToJson)) };
    });
    return 0;
  },
};

interface SplitRequest {
  readonly id: string | number;
  readonly amountsFen: readonly number[];
  readonly weights: readonly number[];
}

/** Names the first fault in this order: shape, id, unknown fields, missing fields, amounts, weights. */
function readRequest(value: unknown): SplitRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(interestRefusals.REQUEST_NOT_AN_OBJECT);
  const { id, amountsFen, weights, ...unknown } = value as Readonly<Record<'id' | 'amountsFen' | 'weights', unknown>>;
  if (id !== undefined && !isId(id)) throw new Refusal(interestRefusals.ID_INVALID, { field: 'id' });
  for (const field of Object.keys(unknown)) throw new Refusal(interestRefusals.FIELD_UNKNOWN, { field: field.slice(0, 60) });
  if (id === undefined) throw new Refusal(interestRefusals.FIELD_MISSING, { field: 'id' });
  if (amountsFen === undefined) throw new Refusal(interestRefusals.FIELD_MISSING, { field: 'amountsFen' });
  if (weights === undefined) throw new Refusal(interestRefusals.FIELD_MISSING, { field: 'weights' });
  if (!isWholeList(amountsFen, MAX_AMOUNTS)) throw new Refusal(splitRefusals.AMOUNTS_INVALID, { field: 'amountsFen' });
  if (!isWholeList(weights, MAX_WEIGHTS) || !weights.some((weight) => weight > 0)) {
    throw new Refusal(splitRefusals.WEIGHTS_INVALID, { field: 'weights' });
  }
  return { id, amountsFen, weights };
}

/** A list of 1 to `most` whole numbers, none negative, whose sum is a safe integer. */
function isWholeList(value: unknown, most: number): value is number[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > most) return false;
  let sum = 0;
  for (const item of value as unknown[]) {
    if (!Number.isSafeInteger(item) || (item as number) < 0) return false;
    // Two safe integers add up exactly or to something that is no safe integer, so the running sum cannot hide an overflow.
    sum += item as number;
    if (!Number.isSafeInteger(sum)) return false;
  }
  return true;
}
