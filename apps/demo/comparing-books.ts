import { fen, subtractFen, sumFen, type Fen } from '#kernel/money';
import type { KindTotal, LedgerAccount } from './back-office';
import type { BookAccount } from './bank';

/** One kind of account, as the platform's API and the bank's own books have it. */
export interface KindLine {
  readonly kind: string;
  readonly zh: string;
  readonly en: string;
  readonly accounts: number;
  readonly ours: Fen;
  readonly banks: Fen;
  /** Held at the bank; pending in the platform's ledger. */
  readonly oursHeld: Fen;
  readonly banksHeld: Fen;
}

/** Where every yuan is, twice. */
export interface Comparison {
  readonly kinds: readonly KindLine[];
  /** Accounts that differ, in sentences. */
  readonly differences: readonly string[];
  /** Accounts compared one by one. */
  readonly compared: number;
  /** Accounts of the bank that the platform never met, and what is on them. */
  readonly strangers: { readonly accounts: number; readonly total: Fen };
}

/** `W`: everything outside of the bank. It is the other side of all other accounts, and compared with nothing. */
const OUTSIDE = 'W';

/** Compares account by account, to the fen, and adds up by kind. */
export function compareBooks(ledger: readonly LedgerAccount[], totals: readonly KindTotal[], books: readonly BookAccount[]): Comparison {
  const known = new Map(books.map((account) => [keyOf(account), account]));
  const ours = ledger.filter(({ kind }) => kind !== OUTSIDE);
  const differences = ours.flatMap((account) => differenceOf(account, known.get(keyOf(account))));
  const met = new Set(ours.map(keyOf));
  const strangers = books.filter((account) => account.kind !== OUTSIDE && !met.has(keyOf(account)));
  const kinds = totals
    .filter(({ kind }) => kind !== OUTSIDE)
    .map((total): KindLine => {
      const banks = books.filter((account) => account.kind === total.kind && met.has(keyOf(account)));
      return {
        kind: total.kind,
        zh: total.zh,
        en: total.en,
        accounts: total.accounts,
        ours: fen(total.postedFen),
        oursHeld: fen(total.pendingFen),
        banks: sumFen(banks.map((account) => fen(account.totalFen))),
        banksHeld: sumFen(banks.map((account) => fen(account.heldFen))),
      };
    });
  const inKinds = kinds.filter((line) => line.ours !== line.banks || line.oursHeld !== line.banksHeld);
  return {
    kinds,
    differences: [
      ...differences,
      ...inKinds.map((line) => `${line.kind} 合计不符 the sums of ${line.kind} differ by ${subtractFen(line.banks, line.ours)} fen`),
    ],
    compared: ours.length,
    strangers: { accounts: strangers.length, total: sumFen(strangers.map((account) => fen(account.totalFen))) },
  };
}

function differenceOf(ours: LedgerAccount, banks: BookAccount | undefined): string[] {
  const name = `${ours.kind} ${ours.accountNo}${ours.listingNo === '' ? '' : ` / ${ours.listingNo}`}`;
  if (banks === undefined) {
    return ours.postedFen === 0 && ours.pendingFen === 0 ? [] : [`${name} 仅本账有 is only in our books, with ${ours.postedFen} fen`];
  }
  if (ours.postedFen === banks.totalFen && ours.pendingFen === banks.heldFen) return [];
  return [
    `${name} 不符: 本账 ours ${ours.postedFen}/${ours.pendingFen}, 银行 the bank's ${banks.totalFen}/${banks.heldFen} (fen, total/held)`,
  ];
}

function keyOf({ accountNo, listingNo }: { readonly accountNo: string; readonly listingNo: string }): string {
  return `${accountNo}/${listingNo}`;
}
