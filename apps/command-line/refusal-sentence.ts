import { type Refusal, refusalText } from '#kernel/faults';

/** A refusal for people: Chinese first, English beside it, and which field it is about. */
export function refusalSentence({ code, details }: Refusal): string {
  const { zh, en } = refusalText(code);
  const about = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  return `${zh} / ${en}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}
