import { refusals } from '#kernel/faults';

/** What may be wrong with a line of input. */
export const lineRefusals = refusals({
  JSON_INVALID: { kind: 'invalid', zh: '该行不是有效的 JSON', en: 'the line is not valid JSON' },
  LINE_TOO_LONG: { kind: 'limited', zh: '该行超过 64 MiB', en: 'the line is longer than 64 MiB' },
});
