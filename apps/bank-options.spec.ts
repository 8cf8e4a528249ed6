import type { Config } from '#platform/config';
import { logger } from '#platform/logging';
import { bankOptions } from './bank-options';

const config = { BANK_URL: 'https://bank.example', BANK_PROCESSING_LIMIT_MS: 750 } as Config<'worker'>;
const log = logger('worker', { level: 'silent' });

describe('how a process reaches the bank', () => {
  it("is with its part of the bank's rate: the process table's, or the configured one", () => {
    expect(bankOptions('worker', config, log).rateShare).toBe(0.35);
    expect(bankOptions('back-office-api', config, log).rateShare).toBe(0.05);
    expect(bankOptions('worker', { ...config, BANK_RATE_SHARE: 0.1 }, log).rateShare).toBe(0.1);
  });

  it('is with the time that its contract gives to the bank', () => {
    expect(bankOptions('worker', config, log).processingLimitSeconds).toBe(0.75);
  });
});
