import type { BusinessDate } from '#kernel/time';
import type { BackOffice } from './back-office';
import type { Bank } from './bank';
import type { Chance } from './chance';
import type { Customer } from './customer';
import type { ListingPlan } from './listing-plan';
import type { Progress } from './progress';

/** Everybody whom the demo plays, and where they meet the others. */
export interface World {
  readonly bank: Bank;
  readonly office: BackOffice;
  readonly customerApiUrl: string;
  readonly institutionId: string;
  readonly investors: readonly Customer[];
  readonly chance: Chance;
  readonly progress: Progress;
  /** First business date: everything is opened on it. */
  readonly firstDay: BusinessDate;
}

/** A listing that was approved and lives. */
export interface LiveListing {
  readonly plan: ListingPlan;
  readonly borrower: Customer;
  readonly id: string;
  readonly listingNo: string;
}

/** A listing that the gate refused: what it would have cost, and when that is worst. */
export interface RefusedListing {
  readonly row: number;
  readonly annualRatePpm: number;
  readonly capPpm: number;
  readonly worstAprPpm: number;
  readonly worstKind: string;
  readonly worstDate: string;
}
