/** The chart of accounts: a letter per kind of account at the bank. The platform owns none of them; the ledger mirrors them. */
export const accountKinds = {
  E: { zh: '电子账户', en: 'e-account of a customer', guarded: false, perListing: false },
  D: { zh: '代付户', en: 'disbursement account, per listing', guarded: true, perListing: true },
  R: { zh: '还款代付归集户', en: 'repayment account, per listing', guarded: true, perListing: true },
  S: { zh: '挂账户', en: 'suspense account, per customer', guarded: true, perListing: false },
  I: { zh: '保险/担保机构户', en: 'account of an insurer or guarantor', guarded: false, perListing: false },
  F: { zh: '运营方手续费户', en: 'fee account of the operating company', guarded: false, perListing: false },
  M: { zh: '营销户', en: 'marketing account', guarded: false, perListing: false },
  B: { zh: '银行垫款户', en: "the bank's advance account", guarded: false, perListing: false },
  W: { zh: '外部', en: "outside: cards, other banks, the customer's own use", guarded: false, perListing: false },
} as const;

export type AccountKind = keyof typeof accountKinds;

/** `single`: at once. `pending`: the bank holds it. `post` and `void`: a part of a pending amount moves, or is set free. */
export type EntryPhase = 'single' | 'pending' | 'post' | 'void';

interface KindOfEntry {
  readonly debit: readonly AccountKind[];
  readonly credit: readonly AccountKind[];
  readonly phase: EntryPhase;
  /** The bank's word that writes it. */
  readonly word: string;
}

/** Every kind of entry, on one page. `debit` and `credit` are the kinds of account that it may touch; anything else is a Bug. */
export const entryKinds = {
  OPENING: { debit: ['W'], credit: ['E', 'I', 'F', 'M', 'B', 'S', 'D', 'R'], phase: 'single', word: 'first BALANCES line of an account' },
  OUTSIDE_IN: { debit: ['W'], credit: ['E', 'I', 'F', 'M', 'B', 'R'], phase: 'single', word: 'statement line without our number' },
  OUTSIDE_OUT: { debit: ['E', 'I', 'F', 'M', 'B'], credit: ['W'], phase: 'single', word: 'statement line without our number' },
  HOLD: { debit: ['E'], credit: ['D'], phase: 'pending', word: 'holds/place' },
  RELEASE: { debit: ['E'], credit: ['D'], phase: 'void', word: 'holds/release or RELEASE item' },
  COLLECT: { debit: ['E'], credit: ['D'], phase: 'post', word: 'COLLECT item' },
  DEBIT: { debit: ['E'], credit: ['D'], phase: 'single', word: 'debits/place' },
  REFUND: { debit: ['D'], credit: ['E', 'M'], phase: 'single', word: 'REFUND item' },
  PREMIUM: { debit: ['D', 'F'], credit: ['I', 'B'], phase: 'single', word: 'PREMIUM' },
  FEE: { debit: ['D'], credit: ['F'], phase: 'single', word: 'FEE' },
  DISBURSE: { debit: ['D'], credit: ['E'], phase: 'single', word: 'DISBURSE to an e-account' },
  RETURN: {
    debit: ['E', 'W', 'I', 'F'],
    credit: ['D', 'R'],
    phase: 'single',
    word: 'a payment that came back, or that the statement denies',
  },
  REPAY: { debit: ['E'], credit: ['R'], phase: 'single', word: 'REPAY' },
  ADVANCE: { debit: ['I', 'B'], credit: ['R', 'D'], phase: 'single', word: 'ADVANCE' },
  PAYOUT: { debit: ['R'], credit: ['E'], phase: 'single', word: 'PAYOUT item' },
  RECOVER: { debit: ['R', 'I', 'F'], credit: ['I', 'B'], phase: 'single', word: 'RECOVER' },
  PREMIUM_RETURN: { debit: ['I', 'B'], credit: ['D', 'R', 'E'], phase: 'single', word: 'PREMIUM_RETURN' },
  FEE_RETURN: { debit: ['F'], credit: ['D', 'R', 'E'], phase: 'single', word: 'FEE_RETURN' },
  MOVE: { debit: ['D'], credit: ['R'], phase: 'single', word: 'MOVE' },
  MARKETING: { debit: ['M', 'D'], credit: ['D', 'E', 'M'], phase: 'single', word: 'MARKETING' },
  PARK: { debit: ['D', 'R'], credit: ['S'], phase: 'single', word: 'PARK' },
  UNPARK: { debit: ['S'], credit: ['E'], phase: 'single', word: 'UNPARK' },
  ADJUSTMENT: {
    debit: ['E', 'D', 'R', 'S', 'I', 'F', 'M', 'B', 'W'],
    credit: ['E', 'D', 'R', 'S', 'I', 'F', 'M', 'B', 'W'],
    phase: 'single',
    word: 'a statement line that contradicts the books, by rule or by two people',
  },
} as const satisfies Record<string, KindOfEntry>;

export type EntryKind = keyof typeof entryKinds;
