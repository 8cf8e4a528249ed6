import { checkOwners, handlerOf, onOutcome } from './outcome-handlers';
import { purposes } from './purposes';
import type { BankOrderKind } from './bank-order';

const nothing = (): Promise<void> => Promise.resolve();

describe('the owners of bank orders', () => {
  it('are one per kind and purpose: a second one stops the process', () => {
    const [instalment, gap] = [() => nothing(), () => nothing()];
    onOutcome('ADVANCE', instalment);
    onOutcome('ADVANCE', gap, 'gap');
    expect([handlerOf({ kind: 'ADVANCE', purpose: 'main' }), handlerOf({ kind: 'ADVANCE', purpose: 'gap' })]).toEqual([instalment, gap]);
    expect(() => onOutcome('ADVANCE', nothing)).toThrow('bank orders of kind ADVANCE have two owners');
    expect(() => onOutcome('ADVANCE', nothing, 'gap')).toThrow('bank orders of kind ADVANCE (gap) have two owners');
  });

  it('are not for a purpose that nobody has foreseen', () => {
    expect(() => onOutcome('FEE', nothing, 'gap')).toThrow('bank orders of kind FEE have no purpose gap');
    expect(() => handlerOf({ kind: 'RECOVER', purpose: 'gap' })).toThrow('bank orders of kind RECOVER (gap) have no owner in this process');
  });

  it('are all there before a process settles anything: those that are missing are named', () => {
    expect(() => checkOwners()).toThrow(/bank orders without an owner: .*COLLECT, .*RECOVER \(gap\)/);
    const known = ['ADVANCE', 'ADVANCE gap'];
    for (const kind of Object.keys(purposes) as BankOrderKind[])
      for (const purpose of purposes[kind])
        if (!known.includes(purpose === 'main' ? kind : `${kind} ${purpose}`)) onOutcome(kind, nothing, purpose);
    expect(() => checkOwners()).not.toThrow();
  });
});
