import { refusals } from '#kernel/faults';

/** What may be wrong with a date that came from outside, or with a calendar that does not reach far enough. */
export const timeRefusals = refusals({
  DATE_INVALID: { kind: 'invalid', zh: '日期无效', en: 'not a calendar day between 1900-01-01 and 9999-12-31' },
  CALENDAR_NOT_LOADED: {
    kind: 'conflict',
    zh: '该年度的节假日安排尚未载入',
    en: 'the table of holidays of that year is not loaded, so its working days are not known',
  },
});
