import { loanOfListing, payByBorrower } from '#journey/repayment';
import type { OrderedPayment } from '#journey/repayment';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Bank, BankAnswer, Loan, LoanWorld } from './loan-world';

/** A bank that does everything. */
export const yes: Bank = () => 'done';
/** A bank's answer to a charge of an account that does not hold enough. */
export const no: BankAnswer = { refused: 'INSUFFICIENT_FUNDS' };
/** A bank that treats some kinds of order in its own way and does everything else. */
export const bankWith =
  (kinds: Readonly<Record<string, BankAnswer>>): Bank =>
  (order) =>
    kinds[order.kind] ?? 'done';

export interface InstalmentSeen {
  readonly id: Uuid;
  readonly no: number;
  readonly state: string;
  readonly due_date: string;
  readonly due_fen: bigint;
  readonly principal_fen: bigint;
  readonly paid_fen: bigint;
  readonly advanced_fen: bigint;
}

/** What a story about loans looks at, and what its borrower does. */
export class LoanView {
  constructor(private readonly world: LoanWorld) {}

  instalments(loan: Loan): Promise<InstalmentSeen[]> {
    const sql = 'SELECT *, principal_fen + interest_fen + penalty_fen AS due_fen FROM instalment WHERE listing_id = $1 ORDER BY no';
    return this.world.rows<InstalmentSeen>(sql, [loan.listingId]);
  }

  async states(loan: Loan): Promise<string[]> {
    return (await this.instalments(loan)).map((row) => row.state);
  }

  /** Facts that were told about loans: `started`, `repaid`, `cleared`. */
  async facts(): Promise<string[]> {
    const rows = await this.world.rows<{ name: string }>(`SELECT name FROM job WHERE name LIKE 'witness.%' ORDER BY name`);
    return rows.map((row) => row.name.replace('witness.', ''));
  }

  async balance(accountNo: string): Promise<bigint> {
    const [row] = await this.world.rows<{ fen: bigint }>(
      'SELECT sum(posted_fen)::bigint AS fen FROM ledger_account WHERE account_no = $1',
      [accountNo],
    );
    return row!.fen;
  }

  orders(kind: string): Promise<{ amount_fen: bigint; state: string; instruction: Record<string, unknown> }[]> {
    return this.world.rows('SELECT * FROM bank_order WHERE kind = $1 ORDER BY created_at', [kind]);
  }

  async loanId(loan: Loan): Promise<Uuid> {
    return (await this.world.db.work.run((tx) => loanOfListing(tx, loan.listingId)))!.id;
  }

  async pay(loan: Loan, amount: bigint, borrowerId = loan.borrowerId): Promise<OrderedPayment> {
    const loanId = await this.loanId(loan);
    return this.world.db.work.run((tx) => payByBorrower(tx, { loanId, borrowerId, amount: fen(amount), who: 'borrower' }));
  }
}
