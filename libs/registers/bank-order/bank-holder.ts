import type { BankPort } from '#bank/port';
import { Bug } from '#kernel/faults';

let connected: BankPort | undefined;

/** Names the bank of this process, once at boot: one deployment serves one bank. */
export function connectBank(bank: BankPort): void {
  connected = bank;
}

/** The bank of this process. Jobs that talk to it run only where one was connected. */
export function connectedBank(): BankPort {
  if (connected === undefined) throw new Bug('no bank is connected in this process');
  return connected;
}
