import type { PlatformAccounts } from '#bank/wire';
import type { Agenda } from './agenda';
import type { BankClock } from './clock';
import type { SimulatorOptions } from './configuration';
import type { Pace } from './counter/pace';
import type { Cashier } from './database/cashier';
import type { Session } from './database/connection';
import type { FaultBook } from './faults/plan';
import type { Delivery } from './notices/delivery';
import type { Numbers } from './numbers';
import type { Turns } from './turns';

/** What can be told after the start: the platform's ports are known only then. */
export interface PlatformAddress {
  noticeUrl: string | undefined;
  redirectUris: readonly string[];
}

/** The bank: what every part of it works with. */
export interface Bank {
  readonly options: SimulatorOptions;
  readonly clock: BankClock;
  readonly numbers: Numbers;
  /** Numbers of customers and their accounts: whoever comes third is the third, however much was booked before. */
  readonly people: Numbers;
  /** Reads what is committed; never writes the books. */
  readonly reading: Session;
  readonly cashier: Cashier;
  readonly faults: FaultBook;
  readonly delivery: Delivery;
  readonly agenda: Agenda;
  readonly pace: Pace;
  /** The clock's turns. */
  readonly turns: Turns;
  readonly platform: PlatformAddress;
  /** The bank's own address, known once it listens. */
  url(): string;
}

/** Account numbers that serve the whole platform. */
export const ACCOUNTS: PlatformAccounts = {
  disbursement: '9901000000000001',
  repayment: '9901000000000002',
  advance: '9901000000000003',
  suspense: '9901000000000004',
  fee: '9901000000000005',
  marketing: '9901000000000006',
};
