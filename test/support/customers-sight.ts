/** A progress event's data, as a page reads it. */
export interface ProgressSeen {
  readonly listingId: string;
  readonly state: string;
  readonly sale: string;
  readonly boughtPpm: number;
  readonly remainingFen: number;
  readonly orders: number;
  readonly isFinal: boolean;
}

/** One sentence in both languages. */
export interface Said {
  readonly zh: string;
  readonly en: string;
}

/** What was asked of the bank for an order, as its owner reads it. */
export interface StepSeen {
  readonly kind: string;
  readonly state: string;
  readonly bankSerial: string | null;
  readonly bankDate: string | null;
  readonly bankTime: string | null;
}

/** Where an order is, as its owner reads it. */
export interface SightSeen {
  readonly id: string;
  readonly no: number;
  readonly state: string;
  readonly stateText: Said;
  readonly acceptedFen: number | null;
  readonly refusal: (Said & { readonly code: string }) | null;
  readonly queue: { readonly ordersBefore: number; readonly fenBefore: number; readonly listingFen: number } | null;
  readonly bank: { readonly hold: StepSeen | null; readonly collection: StepSeen | null };
  readonly returns: readonly Record<string, unknown>[];
  readonly timeline: readonly (Said & { readonly state: string; readonly at: string; readonly businessDate: string })[];
}
