import { refusals } from './refusals';

/**
 * What every command is refused with when its key was used for another one. An order carries its key itself, all other commands keep theirs in a table of commands:
 * two places that say the same.
 */
export const commandRefusals = refusals({
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'invalid',
    zh: '该 Idempotency-Key 已用于另一请求，请换一个',
    en: 'this Idempotency-Key was used for another request, take a new one',
  },
});
