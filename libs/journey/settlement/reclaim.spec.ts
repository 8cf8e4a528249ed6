import { businessDate } from '#kernel/time';
import { isInD, stepOf } from './reclaim';
import type { Reclaim } from './reclaim';

const friday = businessDate('2024-03-01');
const saturday = businessDate('2024-03-02');
const monday = businessDate('2024-03-04');

describe('what an unwinding wants back', () => {
  const step = (state: Reclaim['state'], askedOn: Reclaim['asked_on'], today = friday, triedOn: Reclaim['bridge_tried_on'] = null) =>
    stepOf({ state, asked_on: askedOn, bridge_tried_on: triedOn }, true, monday, today);

  it('is asked for once a day', () => {
    expect([step('due', null), step('due', friday), step('due', friday, saturday)]).toEqual(['ask', 'wait', 'ask']);
  });

  it('is paid by the bank once it was refused on the next working day, and not before', () => {
    expect([step('due', saturday, saturday), step('due', saturday, monday), step('due', monday, monday)]).toEqual([
      'wait',
      'ask',
      'bridge',
    ]);
  });

  it('asks the bank once a day as well', () => {
    expect([step('due', monday, monday, monday), step('bridging', monday, monday, monday)]).toEqual(['wait', 'wait']);
  });

  it('gives up a number that is undecided since an earlier day before the bank pays in its place', () => {
    expect([step('asked', friday, saturday), step('asked', friday, monday), step('asked', monday, monday)]).toEqual([
      'wait',
      'close',
      'wait',
    ]);
  });

  it('is asked for by the bank from the day after it has paid', () => {
    expect([step('bridged', monday, monday), step('bridged', friday, monday), step('recovering', friday, monday)]).toEqual([
      'wait',
      'recover',
      'wait',
    ]);
  });

  it('is neither asked for nor recovered when the bank itself has sent it back', () => {
    const unpaid = (state: Reclaim['state']) => stepOf({ state, asked_on: friday, bridge_tried_on: null }, false, monday, monday);
    expect([unpaid('due'), unpaid('asked'), unpaid('bridged')]).toEqual(['wait', 'close', 'wait']);
  });

  it('lies in D whoever has paid it', () => {
    const states = ['due', 'asked', 'back', 'bridging', 'bridged', 'recovering', 'recovered'] as const;
    expect(states.filter((state) => isInD({ state }))).toEqual(['back', 'bridged', 'recovering', 'recovered']);
  });
});
