import { newId } from '#kernel/ids';
import { fen } from '#kernel/money';
import { businessDate, publishedCalendar } from '#kernel/time';
import { planAfterRefusal, planToday } from './daily-plan';
import type { Due, LoanDay, OpenRecovery } from './daily-plan';

// Monday 4 March 2024 and the days around it.
const monday = businessDate('2024-03-04');
const tuesday = businessDate('2024-03-05');
const friday = businessDate('2024-03-08');
const saturday = businessDate('2024-03-09');

const aDue = (more: Partial<Due> = {}): Due => ({
  id: newId(),
  state: 'scheduled',
  stillOwed: fen(1_000),
  dueDate: monday,
  graceUntil: businessDate('2024-03-07'),
  chargedOn: null,
  advanceTriedOn: null,
  ...more,
});
const aRecovery = (more: Partial<OpenRecovery> = {}): OpenRecovery => ({
  id: newId(),
  state: 'open',
  stillOwed: fen(700),
  nextTryOn: friday,
  ...more,
});
const aLoan = (more: Partial<LoanDay> = {}): LoanDay => ({ endings: [], dues: [], recoveries: [], coverLeft: fen(1_000_000), ...more });
const plan = (loan: LoanDay, today = monday) => planToday(loan, today, publishedCalendar);

describe('the plan of a day', () => {
  it('charges what falls due', () => {
    const due = aDue();
    expect(plan(aLoan({ dues: [due] }))).toEqual({ overdue: [], step: { do: 'charge', amount: 1_000n, dues: [due], recoveries: [] } });
  });

  it('does nothing for a loan that owes nothing', () => {
    expect(plan(aLoan())).toEqual({ overdue: [] });
  });

  it('covers several dues in one charge: two are never under way at once (defect 29)', () => {
    const dues = [aDue({ state: 'in_grace', chargedOn: monday }), aDue({ stillOwed: fen(400), dueDate: tuesday })];
    expect(plan(aLoan({ dues }), tuesday).step).toMatchObject({ do: 'charge', amount: 1_400n, dues });
  });

  it('charges again on every day of grace, and once a day', () => {
    const due = aDue({ state: 'in_grace', chargedOn: monday });
    expect(plan(aLoan({ dues: [due] }), tuesday).step?.do).toBe('charge');
    expect(plan(aLoan({ dues: [due] }), monday).step).toBeUndefined();
  });

  it('advances on the working day after grace, and only what is still due (defect 30)', () => {
    const due = aDue({ state: 'in_grace', chargedOn: monday, stillOwed: fen(370) });
    expect(plan(aLoan({ dues: [due] }), friday).step).toEqual({ do: 'advance', due, amount: 370n });
  });

  it('advances never more than the cover has left', () => {
    const due = aDue({ state: 'in_grace' });
    expect(plan(aLoan({ dues: [due], coverLeft: fen(5) }), friday).step).toEqual({ do: 'advance', due, amount: 5n });
  });

  it('charges on a day off after grace, and leaves the advance to the next working day', () => {
    const due = aDue({ state: 'in_grace', chargedOn: friday, graceUntil: friday });
    expect(plan(aLoan({ dues: [due] }), saturday).step?.do).toBe('charge');
    expect(plan(aLoan({ dues: [due] }), businessDate('2024-03-11')).step?.do).toBe('advance');
  });

  it('calls an instalment overdue when grace has ended and there is no cover, and charges it all the same', () => {
    const due = aDue({ state: 'in_grace', chargedOn: monday });
    expect(plan(aLoan({ dues: [due], coverLeft: fen(0) }), friday)).toMatchObject({
      overdue: [due],
      step: { do: 'charge', amount: 1_000n },
    });
  });

  it('charges recoveries with the dues, because they are paid first', () => {
    const recovery = aRecovery();
    expect(plan(aLoan({ dues: [aDue()], recoveries: [recovery] })).step).toMatchObject({ amount: 1_700n, recoveries: [recovery] });
  });

  it('tries a recovery by itself once a week, and never one that is collected by hand', () => {
    expect(plan(aLoan({ recoveries: [aRecovery()] }), monday).step).toBeUndefined();
    expect(plan(aLoan({ recoveries: [aRecovery()] }), friday).step).toMatchObject({ amount: 700n });
    expect(plan(aLoan({ recoveries: [aRecovery({ state: 'collecting_by_hand' })] }), friday).step).toBeUndefined();
  });

  it('tries an instalment weekly once it is overdue for more than sixty days', () => {
    const due = aDue({ state: 'overdue', chargedOn: businessDate('2024-05-06') });
    expect(plan(aLoan({ dues: [due] }), businessDate('2024-05-07')).step).toBeUndefined();
    expect(plan(aLoan({ dues: [due] }), businessDate('2024-05-13')).step?.do).toBe('charge');
  });
});

describe('a loan that its returned disbursement has ended', () => {
  const moved = { kind: 'MOVE', amount: fen(900), askedOn: null } as const;
  const premium = { kind: 'PREMIUM_RETURN', amount: fen(50), askedOn: monday } as const;
  const due = aDue();

  it('asks for what the end brings before it charges anybody, each once a day', () => {
    expect(plan(aLoan({ dues: [due], endings: [moved, premium] })).step).toEqual({ do: 'bring', ending: moved });
    expect(plan(aLoan({ dues: [due], endings: [premium] }), tuesday).step).toEqual({ do: 'bring', ending: premium });
  });

  it('charges nobody for what is still to come while all that is due is within its grace', () => {
    expect(plan(aLoan({ dues: [due], endings: [premium] }))).toEqual({ overdue: [] });
    expect(plan(aLoan({ dues: [due] })).step?.do).toBe('charge');
  });

  it('waits no longer than that: the investors are advanced what an institution does not give back', () => {
    const late = aDue({ state: 'in_grace', chargedOn: monday });
    expect(plan(aLoan({ dues: [late], endings: [{ ...premium, askedOn: friday }] }), friday).step).toMatchObject({
      do: 'advance',
      due: late,
    });
  });
});

describe('after a refused charge', () => {
  const after = (loan: LoanDay, refused: bigint, today = friday) => planAfterRefusal(loan, today, publishedCalendar, fen(refused));

  it('tries the oldest debt alone, and then nothing', () => {
    const dues = [aDue({ state: 'in_grace' }), aDue({ state: 'in_grace' })];
    expect(after(aLoan({ dues }), 2_000n).step).toMatchObject({ do: 'charge', amount: 1_000n, dues: [dues[0]] });
    expect(after(aLoan({ dues }), 1_000n).step).toBeUndefined();
  });

  it('takes the oldest recovery for the oldest debt', () => {
    const recovery = aRecovery();
    expect(after(aLoan({ dues: [aDue({ state: 'in_grace' })], recoveries: [recovery] }), 1_700n).step).toMatchObject({
      amount: 700n,
      dues: [],
      recoveries: [recovery],
    });
  });

  it('asks the guarantee for an overdue instalment again, once a working day', () => {
    const due = aDue({ state: 'overdue' });
    expect(after(aLoan({ dues: [due] }), 1_000n).step).toEqual({ do: 'advance', due, amount: 1_000n });
    expect(after(aLoan({ dues: [{ ...due, advanceTriedOn: friday }] }), 1_000n).step).toBeUndefined();
    expect(after(aLoan({ dues: [due], coverLeft: fen(0) }), 1_000n).step).toBeUndefined();
    expect(after(aLoan({ dues: [due] }), 1_000n, saturday).step).toBeUndefined();
  });
});
