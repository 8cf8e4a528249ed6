import { fenToJson, type Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { HttpClient } from './http-client';

/** A customer as the bank has made him. */
export interface BankCustomer {
  readonly customerNo: string;
  readonly accountNo: string | null;
  readonly name: string;
}

export interface NewBankCustomer {
  readonly name: string;
  readonly balance?: Fen;
  readonly creditLimit?: Fen;
  readonly hasAccount?: boolean;
}

/** One account of the bank's books; amounts in fen. */
export interface BookAccount {
  readonly accountNo: string;
  readonly listingNo: string;
  readonly kind: string;
  readonly customerNo: string | null;
  readonly status: string;
  readonly availableFen: number;
  readonly heldFen: number;
  readonly totalFen: number;
}

/** One movement of the bank's books. */
export interface Movement {
  readonly bankSerialNo: string;
  readonly bankDate: string;
  readonly requestNo: string;
  readonly kind: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amountFen: number;
  readonly status: string;
  readonly listingNo: string;
}

/** A fault with how often it was met and how often it struck. */
export interface FaultCount {
  readonly id: string;
  readonly kind: string;
  readonly matches: number;
  readonly hits: number;
}

/** What the platform confirmed for one statement file. */
export interface Confirmation {
  readonly bankDate: string;
  readonly type: string;
  readonly name: string;
  readonly version: number;
  readonly published: boolean;
  readonly result: string | null;
}

const CREATED_AT_ONCE = 1000;

/** The simulated bank's sandbox: what people, courts and the bank's own staff could do at a counter. */
export class Bank {
  private readonly http: HttpClient;

  constructor(readonly url: string) {
    this.http = new HttpClient(url, '模拟银行 the bank');
  }

  /** People with an account each (unless they are to open it themselves); a balance comes by a top-up. */
  async createCustomers(people: readonly NewBankCustomer[]): Promise<BankCustomer[]> {
    const created: BankCustomer[] = [];
    for (let at = 0; at < people.length; at += CREATED_AT_ONCE) {
      const body = people.slice(at, at + CREATED_AT_ONCE).map(({ name, balance, creditLimit, hasAccount }) => ({
        name,
        ...(balance === undefined ? {} : { balanceFen: fenToJson(balance) }),
        ...(creditLimit === undefined ? {} : { creditLimitFen: fenToJson(creditLimit) }),
        ...(hasAccount === false ? { eAccount: false } : {}),
      }));
      created.push(...(await this.http.post<BankCustomer[]>('/sandbox/customers', body)));
    }
    return created;
  }

  createInstitution(name: string, balance: Fen): Promise<{ readonly accountNo: string }> {
    return this.http.post('/sandbox/institutions', { name, kind: 'insurer', balanceFen: fenToJson(balance) });
  }

  /** An owner uses his account outside of the platform. @returns whether the bank did it: there may not be that much */
  async move(accountNo: string, kind: 'WITHDRAW' | 'OWN' | 'TOP_UP' | 'INTEREST', amount: Fen, direction: 'in' | 'out'): Promise<boolean> {
    const body = { kind, amountFen: fenToJson(amount), direction };
    return (await this.http.ask({ method: 'POST', path: `/sandbox/accounts/${accountNo}/movements`, body })).ok;
  }

  /** The owner takes what is left and closes his account. @returns false while money of it is held */
  async closeAccount(accountNo: string): Promise<boolean> {
    return (await this.http.ask({ method: 'POST', path: `/sandbox/accounts/${accountNo}/close`, body: {} })).ok;
  }

  /** The account that a customer has now. */
  async accountNoOf(customerNo: string): Promise<string> {
    const { accounts } = await this.books();
    const own = accounts.find((account) => account.customerNo === customerNo && account.kind === 'E' && account.status === 'ACTIVE');
    if (own === undefined) throw new Error(`银行没有该客户的账户 the bank has no account of customer ${customerNo}`);
    return own.accountNo;
  }

  async accountOf(accountNo: string): Promise<BookAccount> {
    const { accounts } = await this.http.get<{ accounts: BookAccount[] }>(`/sandbox/books?accountNo=${accountNo}`);
    const [account] = accounts;
    if (account === undefined) throw new Error(`银行没有账户 the bank has no account ${accountNo}`);
    return account;
  }

  books(): Promise<{ readonly accounts: BookAccount[]; readonly totalFen: number }> {
    return this.http.get('/sandbox/books');
  }

  /** Every movement of the books, oldest first. */
  async movements(): Promise<Movement[]> {
    const all: Movement[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: { movements: Movement[]; next: string | null } = await this.http.get(
        `/sandbox/books?movements=1&limit=10000${after === '' ? '' : `&after=${after}`}`,
      );
      all.push(...page.movements);
      after = page.next;
    }
    return all;
  }

  async planFaults(faults: readonly object[]): Promise<void> {
    if (faults.length > 0) await this.http.post('/sandbox/faults', faults);
  }

  async faults(): Promise<readonly FaultCount[]> {
    return (await this.http.get<{ faults: FaultCount[] }>('/sandbox/faults')).faults;
  }

  async confirmations(): Promise<readonly Confirmation[]> {
    return (await this.http.get<{ confirmations: Confirmation[] }>('/sandbox/confirmations')).confirmations;
  }

  async today(): Promise<BusinessDate> {
    return (await this.http.get<{ calendarDate: BusinessDate }>('/sandbox/clock')).calendarDate;
  }
}
