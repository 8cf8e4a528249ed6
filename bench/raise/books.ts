import type { BankAccount } from '#watch/invariants';

/** An account in the simulated bank's own books; amounts in fen. */
export interface AccountAtBank extends BankAccount {
  readonly kind: string;
  readonly availableFen: bigint;
  readonly otherFrozenFen: bigint;
}

/** The bank's books at one moment: every account, D and R per listing. */
export interface BankBooks {
  readonly accounts: readonly AccountAtBank[];
  /** All accounts together, what is outside among them: zero in whole books. */
  readonly totalFen: bigint;
}

/** Reads them, as a checker may in the sandbox. @throws Error when the bank does not show them */
export async function readBooks(bankUrl: string): Promise<BankBooks> {
  const response = await fetch(`${bankUrl}/sandbox/books`);
  if (!response.ok) throw new Error(`the bank does not show its books: ${await response.text()}`);
  const { accounts, totalFen } = (await response.json()) as { readonly accounts: readonly AccountJson[]; readonly totalFen: number };
  return {
    accounts: accounts.map((account) => ({
      accountNo: account.accountNo,
      listingNo: account.listingNo,
      kind: account.kind,
      totalFen: BigInt(account.totalFen),
      heldFen: BigInt(account.heldFen),
      availableFen: BigInt(account.availableFen),
      otherFrozenFen: BigInt(account.otherFrozenFen),
    })),
    totalFen: BigInt(totalFen),
  };
}

interface AccountJson {
  readonly accountNo: string;
  readonly listingNo: string;
  readonly kind: string;
  readonly totalFen: number;
  readonly heldFen: number;
  readonly availableFen: number;
  readonly otherFrozenFen: number;
}
