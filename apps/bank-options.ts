import type { DirectBankOptions } from '#bank/direct-adapter';
import type { Config } from '#platform/config';
import type { Logger } from '#platform/logging';
import { bankShareOf } from '#platform/processes';
import type { AppName } from '#platform/processes';

type BankKeys = Pick<
  Config<'worker'>,
  | 'BANK_URL'
  | 'BANK_PLATFORM_NO'
  | 'BANK_KEY_SERIAL'
  | 'BANK_RATE_SHARE'
  | 'BANK_PROCESSING_LIMIT_MS'
  | 'PLATFORM_PRIVATE_KEY'
  | 'BANK_PUBLIC_KEY'
>;

/** How a process reaches the bank, from its configuration; alarms of the line go into its log. */
export function bankOptions(name: AppName, config: BankKeys, log: Logger): DirectBankOptions {
  return {
    url: config.BANK_URL,
    platformNo: config.BANK_PLATFORM_NO,
    keySerial: config.BANK_KEY_SERIAL,
    privateKeyPem: config.PLATFORM_PRIVATE_KEY,
    bankPublicKeyPem: config.BANK_PUBLIC_KEY,
    rateShare: config.BANK_RATE_SHARE ?? bankShareOf(name),
    processingLimitSeconds: config.BANK_PROCESSING_LIMIT_MS / 1_000,
    onAlarm: (alarm) => log.error({ alarm }, 'the line to the bank needs a person'),
  };
}
