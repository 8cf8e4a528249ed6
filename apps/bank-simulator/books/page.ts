import { addFen, formatYuan, subtractFen, ZERO, type Fen } from '#kernel/money';
import type { AccountKind, FailureCode, TransactionKind } from '#bank/wire';
import type { Bank } from '../bank';
import type { BankMoment } from '../clock';
import type { Tx } from '../database/cashier';
import { serialText } from '../numbers';
import { writePage, type WrittenLine } from './writing';

/** An account as the books know it, with the part of it that a page was opened for. */
export interface AccountOnPage {
  readonly accountNo: string;
  readonly kind: AccountKind | 'W';
  readonly customerNo: string | null;
  readonly name: string;
  readonly status: 'ACTIVE' | 'FROZEN' | 'CLOSED';
  readonly judicialAll: boolean;
  readonly judicial: Fen;
  readonly listingNo: string;
  total: Fen;
  held: Fen;
}

/** Everything outside the books: cards, other banks, merchants. The other side of what comes in and goes out. */
export const OUTSIDE = 'OUTSIDE';

/** What a line says beside its parties and amount. */
export interface Wording {
  readonly kind: TransactionKind;
  readonly requestNo?: string;
  readonly itemNo?: string;
  readonly refNo?: string;
  readonly listingNo?: string;
  /** Shown in place of OUTSIDE: the number of a corporate account. */
  readonly otherParty?: string;
}

/**
 * A page of the books: the accounts that a piece of business touches, opened once, changed in memory under checks, and written back in
 * one statement with the lines that say why. The cashier is the only writer, so that nothing changes under an open page.
 */
export interface Page {
  readonly moment: BankMoment;
  account(accountNo: string): AccountOnPage | undefined;
  /** Money the account's owner may use: total less holds less what a court keeps. */
  available(account: AccountOnPage): Fen;
  /** Why money may not leave this account by a debit or a hold, whatever the amount. */
  debitBar(account: AccountOnPage): FailureCode | undefined;
  /** Why money may not come to this account. */
  creditBar(account: AccountOnPage): FailureCode | undefined;
  /** Moves available money. The caller has checked; too little is a broken promise and throws. */
  move(from: AccountOnPage, to: AccountOnPage, amount: Fen, wording: Wording): Promise<string>;
  /** Moves money that was held. */
  moveHeld(from: AccountOnPage, to: AccountOnPage, amount: Fen, wording: Wording): Promise<string>;
  hold(account: AccountOnPage, amount: Fen, wording?: Wording): Promise<string>;
  release(account: AccountOnPage, amount: Fen, wording?: Wording): Promise<string>;
  /** A refused transaction: a line, no movement. */
  refuse(from: string, to: string, amount: Fen, code: FailureCode, wording: Wording): Promise<string>;
  /** Writes lines and positions. Nothing may be done on the page afterwards. */
  write(): Promise<void>;
}

interface AccountRow {
  readonly account_no: string;
  readonly kind: AccountKind | 'W';
  readonly customer_no: string | null;
  readonly name: string;
  readonly status: 'ACTIVE' | 'FROZEN' | 'CLOSED';
  readonly judicial_all: boolean;
  readonly judicial_fen: Fen;
  readonly total_fen: Fen | null;
  readonly held_fen: Fen | null;
}

/** Opens the page of some accounts; D and R with the part of the given listing. */
export async function openPage(tx: Tx, bank: Bank, accountNos: Iterable<string>, listingNo = ''): Promise<Page> {
  const rows = await tx.rows<AccountRow>(
    `select a.account_no, a.kind, a.customer_no, a.name, a.status, a.judicial_all, a.judicial_fen, p.total_fen, p.held_fen
     from account a left join position p
       on p.account_no = a.account_no and p.listing_no = case when a.kind in ('D', 'R') then $2 else '' end
     where a.account_no = any($1)`,
    [[...new Set([...accountNos, OUTSIDE])], listingNo],
  );
  const accounts = new Map(rows.map((row) => [row.account_no, onPage(row, listingNo)]));
  return new OpenPage(tx, bank, bank.clock.now(), accounts);
}

function onPage(row: AccountRow, listingNo: string): AccountOnPage {
  return {
    accountNo: row.account_no,
    kind: row.kind,
    customerNo: row.customer_no,
    name: row.name,
    status: row.status,
    judicialAll: row.judicial_all,
    judicial: row.judicial_fen,
    listingNo: row.kind === 'D' || row.kind === 'R' ? listingNo : '',
    total: row.total_fen ?? ZERO,
    held: row.held_fen ?? ZERO,
  };
}

/** Total less holds is the customer's; of that a court keeps all, or up to an amount. */
export function keptByCourt(account: Pick<AccountOnPage, 'total' | 'held' | 'judicialAll' | 'judicial'>): Fen {
  const own = subtractFen(account.total, account.held);
  return account.judicialAll || account.judicial > own ? own : account.judicial;
}

class OpenPage implements Page {
  private readonly lines: WrittenLine[] = [];
  private readonly touched = new Set<AccountOnPage>();

  constructor(
    private readonly tx: Tx,
    private readonly bank: Bank,
    readonly moment: BankMoment,
    private readonly accounts: ReadonlyMap<string, AccountOnPage>,
  ) {}

  account(accountNo: string): AccountOnPage | undefined {
    return this.accounts.get(accountNo);
  }

  available(account: AccountOnPage): Fen {
    return subtractFen(subtractFen(account.total, account.held), keptByCourt(account));
  }

  debitBar(account: AccountOnPage): FailureCode | undefined {
    if (account.status === 'CLOSED') return 'ACCOUNT_CLOSED';
    if (account.status === 'FROZEN') return 'ACCOUNT_FROZEN';
    return account.judicialAll ? 'JUDICIAL_FREEZE' : undefined;
  }

  creditBar(account: AccountOnPage): FailureCode | undefined {
    return account.status === 'CLOSED' ? 'ACCOUNT_CLOSED' : undefined;
  }

  async move(from: AccountOnPage, to: AccountOnPage, amount: Fen, wording: Wording): Promise<string> {
    if (from.kind !== 'W') assertEnough(subtractFen(from.total, from.held), amount, from);
    from.total = subtractFen(from.total, amount);
    to.total = addFen(to.total, amount);
    return this.add(from, to, amount, wording, true);
  }

  async moveHeld(from: AccountOnPage, to: AccountOnPage, amount: Fen, wording: Wording): Promise<string> {
    assertEnough(from.held, amount, from);
    from.held = subtractFen(from.held, amount);
    from.total = subtractFen(from.total, amount);
    to.total = addFen(to.total, amount);
    return this.add(from, to, amount, wording, true);
  }

  async hold(account: AccountOnPage, amount: Fen, wording?: Wording): Promise<string> {
    assertEnough(subtractFen(account.total, account.held), amount, account);
    account.held = addFen(account.held, amount);
    this.touched.add(account);
    return wording === undefined ? '' : this.add(account, account, amount, wording, false);
  }

  async release(account: AccountOnPage, amount: Fen, wording?: Wording): Promise<string> {
    assertEnough(account.held, amount, account);
    account.held = subtractFen(account.held, amount);
    this.touched.add(account);
    return wording === undefined ? '' : this.add(account, account, amount, wording, false);
  }

  async refuse(from: string, to: string, amount: Fen, code: FailureCode, wording: Wording): Promise<string> {
    const serial = await this.bank.numbers.next();
    this.lines.push({ ...words(wording), serial, from, fromListing: '', to, toListing: '', amount, moves: false, status: 'FAILED', code });
    return serialText(serial);
  }

  write(): Promise<void> {
    return writePage(this.tx, this.moment, this.lines, [...this.touched]);
  }

  private async add(from: AccountOnPage, to: AccountOnPage, amount: Fen, wording: Wording, moves: boolean): Promise<string> {
    this.touched.add(from).add(to);
    const serial = await this.bank.numbers.next();
    const parties = { from: from.accountNo, fromListing: from.listingNo, to: to.accountNo, toListing: to.listingNo };
    this.lines.push({ ...words(wording), ...parties, serial, amount, moves, status: 'SUCCEEDED', code: '' });
    return serialText(serial);
  }
}

function words(wording: Wording): Required<Wording> {
  return { requestNo: '', itemNo: '', refNo: '', listingNo: '', otherParty: '', ...wording };
}

function assertEnough(there: Fen, wanted: Fen, account: AccountOnPage): void {
  if (wanted > 0n && there >= wanted) return;
  throw new RangeError(`account ${account.accountNo} has ${formatYuan(there)} where ${formatYuan(wanted)} should move`);
}
