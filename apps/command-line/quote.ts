import { quote, quoteAnswer, readQuoteRequest } from '#kernel/interest';
import { publishedCalendar } from '#kernel/time';
import { type Command, COMMON_OPTIONS } from './command';
import { answerLines } from './json-lines';

/** `rongqiao quote`: schedules, costs and the cost gate, one JSON request a line. Boots neither Nest nor a database. */
export const quoteCommand: Command = {
  name: 'quote',
  summary: {
    zh: '试算：还款计划、综合成本与上限检查（标准输入每行一个 JSON 请求，每行一个答复）',
    en: 'schedule, all-in cost and cost gate: one JSON request a line on standard input, one answer a line',
  },
  usage: 'quote < requests.jsonl > answers.jsonl',
  options: COMMON_OPTIONS,
  async run(_args, io) {
    await answerLines(io, (value) => {
      const { id, terms } = readQuoteRequest(value, publishedCalendar);
      return quoteAnswer(id, quote(terms));
    });
    return 0;
  },
};
