import fc from 'fast-check';
import { isResidentId } from './resident-id';

describe('a resident ID number', () => {
  it('is the example of the standard', () => expect(isResidentId('11010519491231002X')).toBe(true));

  it('of somebody born before 1900 belongs to no living customer', () => expect(isResidentId('440524188001010014')).toBe(false));

  it.each(['110105194912310021', '11010519490231002X', '1101051949123100', '11010519491231002x', '01010519491231002X', ''])(
    '%s is none',
    (number) => {
      expect(isResidentId(number)).toBe(false);
    },
  );

  it('has one check character for its digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), (order) => {
        const digits = `11010519491231${String(order).padStart(3, '0')}`;
        expect([...'0123456789X'].filter((check) => isResidentId(`${digits}${check}`))).toHaveLength(1);
      }),
    );
  });
});
