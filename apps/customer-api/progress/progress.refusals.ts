import { refusals } from '#kernel/faults';

/** Why nobody may watch just now. Whoever is refused asks for the listing itself, now and then, instead. */
export const progressRefusals = refusals({
  TOO_MANY_WATCHERS: {
    kind: 'limited',
    zh: '实时查看人数已满,请稍后再试或刷新标的详情',
    en: 'Too many are watching: try again later, or ask for the listing itself.',
  },
  TOO_MANY_STREAMS: {
    kind: 'limited',
    zh: '同一登录打开的实时页面过多,请先关闭其他页面',
    en: 'Too many pages of this login are watching: close one first.',
  },
});
