import { simulatedBank, type SimulatedBank } from '../support/simulated-bank';

let bank: SimulatedBank;
beforeAll(async () => {
  bank = await simulatedBank();
});
afterAll(() => bank.close());

interface Person {
  readonly customerNo: string;
  readonly accountNo: string;
}

const person = (): Promise<Person> => bank.sandbox<Person>('POST', '/sandbox/customers', { name: '张三', balanceFen: 100_000 });
const advance = (): Promise<unknown> => bank.sandbox('POST', '/sandbox/clock/advance', { days: 1 });
const delivery = (): Promise<unknown> => bank.sandbox('POST', '/sandbox/notices/delivery', {});
/** Versions of statement files of which the platform has heard. */
const heardOf = (bankDate: string): string[] =>
  bank.notices.flatMap((notice) => (notice.kind === 'STATEMENT_READY' && notice.data.bankDate === bankDate ? notice.data.files : []));

describe('what the bank tells the platform', () => {
  it('was heard when the bank says that it is delivered', async () => {
    await advance();
    await delivery();
    expect(heardOf('2022-09-01')).toHaveLength(3);
  });

  it('of a day that brings something was heard when the day has begun', async () => {
    await bank.sandbox('POST', '/sandbox/faults', { kind: 'statement_truncated', statementType: 'BALANCES', bankDate: '2022-09-02' });
    await person();
    await advance();
    await advance();
    expect(heardOf('2022-09-02').filter((name) => name.endsWith('_2.txt'))).toHaveLength(1);
  });

  it('is not waited for when the platform is not well', async () => {
    bank.hearing = false;
    await advance();
    await delivery();
    expect(await bank.sandbox('GET', '/sandbox/quiet')).toMatchObject({ quiet: false, notices: 1 });
    bank.hearing = true;
    await bank.quiet();
  });
});

describe('the numbers of customers', () => {
  it('follow upon each other, however much was booked in between, and go on after a restart', async () => {
    const first = await person();
    await advance();
    const second = await person();
    const numberOf = ({ customerNo }: Person): number => Number(customerNo.slice(1));
    expect(numberOf(second)).toBe(numberOf(first) + 2);
    expect(Number(second.accountNo.slice(2))).toBe(numberOf(second) + 1);
    await bank.restart();
    expect(numberOf(await person())).toBeGreaterThan(numberOf(second));
  });
});
