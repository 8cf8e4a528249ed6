import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';

/** A movement that the platform asks of the credit system. */
export interface LineMove {
  /** DEDUCT uses up a freeze, RELEASE gives it back, RESTORE gives back what was used. */
  readonly kind: 'DEDUCT' | 'RELEASE' | 'RESTORE';
  readonly listingId: Uuid;
  readonly amount: Fen;
  /** What made it necessary, for the file: `approved`, `withdrawn`, `repaid` … */
  readonly cause: string;
}
