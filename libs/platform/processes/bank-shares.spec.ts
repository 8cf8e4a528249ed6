import { Bug, Outage } from '#kernel/faults';
import { bankShareOf, checkBankShares } from './bank-shares';
import { environmentOf } from './environments';
import { processTable } from './process-table';
import type { AppName } from './process-table';

const speakers = processTable.filter(({ bankShare }) => bankShare !== undefined);

describe("the bank's rate", () => {
  it('is divided among all processes that speak to the bank, every copy counted, and is never more than the whole', () => {
    const plan = speakers.flatMap(({ name, copies }) => new Array(copies).fill({ process: name, share: bankShareOf(name) }));
    expect(speakers.map(({ name }) => name)).toEqual(['customer-api', 'back-office-api', 'worker', 'reconciliation-worker']);
    expect(plan.length).toBeGreaterThan(speakers.length);
    expect(() => checkBankShares(plan)).not.toThrow();
    expect(() => checkBankShares([...plan, { process: 'worker', share: bankShareOf('worker') }])).toThrow(Outage);
  });

  it('is refused by name when the parts are more than the whole', () => {
    const plan = (['worker', 'customer-api'] as const).map((process) => ({ process, share: 0.6 }));
    expect(() => checkBankShares(plan)).toThrow(
      /use 1\.2 of the bank's requests a second \(worker 0\.6, customer-api 0\.6\).*BANK_RATE_SHARE/,
    );
  });

  it('is nothing for a process that does not speak to the bank', () => {
    expect(() => bankShareOf('bank-simulator')).toThrow(Bug);
  });

  it('is given out whole in the sandbox, where one copy of each runs', () => {
    const pair = { privateKey: '', publicKey: '' };
    const surroundings = {
      databases: { appUrl: '', ownerUrl: '', readUrl: '', bankUrl: '' },
      secrets: { platform: pair, bank: pair, oidcClientSecret: '', personalDataKey: '' },
      firstDay: '2022-09-01' as Parameters<typeof environmentOf>[1]['firstDay'],
      port: 0,
      bankUrl: '',
      redisUrl: undefined,
      redisPrefix: undefined,
      more: {},
    };
    const share = (name: AppName) => environmentOf(name, surroundings)['BANK_RATE_SHARE'];
    expect(processTable.map(({ name }) => share(name))).toEqual([undefined, '0.15', '0.05', '0.7', '0.1']);
    expect(environmentOf('worker', { ...surroundings, more: { BANK_RATE_SHARE: '0.2' } })['BANK_RATE_SHARE']).toBe('0.2');
  });
});
