import { refusals } from '#kernel/faults';

/** What the end of day and the people who decide breaks may be refused. */
export const reconciliationRefusals = refusals({
  DAY_NOT_OPEN: {
    kind: 'conflict',
    zh: '该营业日不是当前营业日,不能日切',
    en: 'This is not the open business day, so it cannot be cut.',
  },
  YEAR_NOT_LOADED: {
    kind: 'conflict',
    zh: '下一营业日所在年份的工作日历尚未公布或装载,不能开日',
    en: 'The calendar of the next business day is not loaded, so that day cannot be opened.',
  },
  STATEMENT_REFUSED: {
    kind: 'invalid',
    zh: '对账文件不合格,整份拒收,未作任何变更',
    en: 'The statement file is not what it must be; all of it is refused and nothing was changed.',
  },
  BREAK_NOT_FOUND: {
    kind: 'missing',
    zh: '没有该差错记录',
    en: 'There is no such break.',
  },
  BREAK_NOT_OPEN: {
    kind: 'conflict',
    zh: '该差错已有处理方案或已处理完毕',
    en: 'This break is proposed or decided already.',
  },
  BREAK_HAS_NO_CORRECTION: {
    kind: 'conflict',
    zh: '该差错没有可执行的调账,只能说明原因后关闭',
    en: 'This break has no correction that could be posted; it can only be closed with a reason.',
  },
});
