import type { TestPlatform } from './platform';

/** One account in the bank's own books; amounts in fen. */
export interface BankAccountSeen {
  readonly accountNo: string;
  readonly listingNo: string;
  readonly kind: string;
  readonly availableFen: number;
  readonly heldFen: number;
  readonly totalFen: number;
}

/** One movement in the bank's own books; amounts in fen. */
export interface MovementSeen {
  readonly bankSerialNo: string;
  readonly requestNo: string;
  readonly kind: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amountFen: number;
  readonly status: string;
  readonly listingNo: string;
}

/** One account of the platform's ledger; amounts in fen. */
interface LedgerAccountSeen {
  readonly kind: string;
  readonly accountNo: string;
  readonly listingNo: string;
  readonly postedFen: number;
  readonly pendingFen: number;
}

/** One day as the back office shows it. */
export interface DaySeen {
  readonly date: string;
  readonly businessDay: string;
  readonly reconciliation: string | null;
  readonly breaks: number | null;
  readonly adjusted: number | null;
  readonly differenceAccounts: number | null;
  readonly confirmedAs: string | null;
}

/** The bank's books beside ours, both asked over HTTP. */
export class BothBooks {
  constructor(private readonly platform: TestPlatform) {}

  async bankAccounts(): Promise<BankAccountSeen[]> {
    return (await this.platform.bank.get<{ accounts: BankAccountSeen[] }>('/sandbox/books')).accounts;
  }

  async bankAccount(accountNo: string): Promise<BankAccountSeen> {
    const { accounts } = await this.platform.bank.get<{ accounts: BankAccountSeen[] }>(`/sandbox/books?accountNo=${accountNo}`);
    return accounts[0]!;
  }

  /** Every movement that the bank made, less the holds and releases, which move nothing. */
  async movements(filter = ''): Promise<MovementSeen[]> {
    const { movements } = await this.platform.bank.get<{ movements: (MovementSeen & { moves: boolean })[] }>(
      `/sandbox/books?movements=1&limit=10000${filter}`,
    );
    return movements.filter(({ moves }) => moves);
  }

  ledgerAccounts(): Promise<LedgerAccountSeen[]> {
    return this.platform.office.auditor.pages<LedgerAccountSeen>('/ledger/accounts');
  }

  /** Accounts of which bank and ledger do not say the same, each in a sentence: none, after a day has been reconciled. */
  async differences(): Promise<string[]> {
    const banks = new Map((await this.bankAccounts()).filter(({ kind }) => kind !== 'W').map((account) => [nameOf(account), account]));
    const ours = new Map((await this.ledgerAccounts()).filter(({ kind }) => kind !== 'W').map((account) => [nameOf(account), account]));
    return [...new Set([...banks.keys(), ...ours.keys()])].flatMap((name) => {
      const theirs = `${banks.get(name)?.totalFen ?? 0} and ${banks.get(name)?.heldFen ?? 0} held`;
      const own = `${ours.get(name)?.postedFen ?? 0} and ${ours.get(name)?.pendingFen ?? 0} held`;
      return theirs === own ? [] : [`${name}: the bank has ${theirs}, we have ${own}`];
    });
  }

  /** What lies on the listings' own accounts (D and R) and in suspense (S), in both books: each with its amount, empty ones left out. */
  async left(): Promise<string[]> {
    const inner = ['D', 'R', 'S'];
    const banks = (await this.bankAccounts()).filter(
      ({ kind, totalFen, heldFen }) => inner.includes(kind) && (totalFen !== 0 || heldFen !== 0),
    );
    const ours = (await this.ledgerAccounts()).filter(
      ({ kind, postedFen, pendingFen }) => inner.includes(kind) && (postedFen !== 0 || pendingFen !== 0),
    );
    return [
      ...banks.map((account) => `bank ${account.kind} ${account.listingNo} ${account.totalFen}`),
      ...ours.map((account) => `ledger ${account.kind} ${account.listingNo} ${account.postedFen}`),
    ];
  }

  /** Days that have ended, oldest first. */
  async endedDays(): Promise<DaySeen[]> {
    const { items } = await this.platform.office.auditor.get<{ items: DaySeen[] }>('/days');
    return items.filter(({ businessDay }) => businessDay !== 'open').reverse();
  }

  /** What `rongqiao verify` has to say against the books, invariant by invariant and account by account. */
  async complaints(): Promise<string[]> {
    const { stdout } = await this.platform.command('verify', '--json', '--bank', this.platform.bank.url);
    const { invariants } = JSON.parse(stdout) as { invariants: { id: string; differences: string[] }[] };
    return invariants.flatMap(({ id, differences }) => differences.map((difference) => `${id} ${difference}`));
  }
}

function nameOf({ kind, accountNo, listingNo }: { kind: string; accountNo: string; listingNo: string }): string {
  return `${kind} ${accountNo}${listingNo === '' ? '' : `/${listingNo}`}`;
}
