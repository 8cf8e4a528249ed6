import { allLifecycles, lifecycle, type Lifecycle } from './lifecycle';

/** A door: the smallest life that goes round and ends. */
const door = {
  noun: 'spec door',
  table: 'spec_door',
  states: ['open', 'shut', 'walled_up'],
  initial: 'open',
  ends: ['walled_up'],
  arrows: {
    shut: { from: ['open'], to: 'shut' },
    open: { from: ['shut'], to: 'open' },
    wallUp: { from: ['open', 'shut'], to: 'walled_up' },
  },
} as const satisfies Lifecycle;

const wrong = (change: object): Lifecycle => ({
  ...door,
  noun: `spec ${JSON.stringify(change).length} ${Object.keys(change).join()}`,
  ...change,
});

describe('a lifecycle', () => {
  it('is declared once; the same table again is the same', () => {
    expect(lifecycle(door)).toBe(door);
    expect(() => lifecycle({ ...door })).not.toThrow();
    expect(() => lifecycle({ ...door, table: 'spec_gate' })).toThrow('declared twice');
    expect(allLifecycles().filter(({ noun }) => noun === 'spec door')).toHaveLength(1);
  });

  it.each<[string, Lifecycle]>([
    ['names the unknown state ajar', wrong({ arrows: { ...door.arrows, nudge: { from: ['open'], to: 'ajar' } } })],
    ['names the unknown state ajar', wrong({ arrows: { ...door.arrows, pull: { from: ['ajar'], to: 'open' } } })],
    ['leaves the end walled_up', wrong({ arrows: { ...door.arrows, tearDown: { from: ['walled_up'], to: 'open' } } })],
    ['lost cannot be reached', wrong({ states: [...door.states, 'lost'], ends: ['walled_up', 'lost'] })],
    [
      'shut is a dead end that is not named as one',
      wrong({ arrows: { shut: { from: ['open'], to: 'shut' }, wallUp: { from: ['open'], to: 'walled_up' } } }),
    ],
  ])('whose table is broken stops the process: %s', (sentence, table) => {
    expect(() => lifecycle(table)).toThrow(sentence);
  });

  it('is listed by noun', () => {
    const nouns = allLifecycles().map(({ noun }) => noun);
    expect(nouns).toEqual([...nouns].sort());
  });
});
