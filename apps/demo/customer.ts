import { randomUUID } from 'node:crypto';
import { fenToJson, type Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import { Browser } from './browser';
import { HttpClient, type Answer } from './http-client';

/** The password that the bank gives every customer of its sandbox. */
const PASSWORD = 'demo';

/** What an order was answered. */
export interface AdmittedOrder {
  readonly id: string;
  readonly no: number;
  readonly amountFen: number;
}

/** An order as its owner sees it later; amounts in fen. */
export interface OwnOrder extends AdmittedOrder {
  readonly listingId: string;
  readonly state: string;
  readonly acceptedFen: number | null;
  readonly returns: readonly { readonly amountFen: number; readonly cause: string; readonly state: string }[];
}

/** A listing on sale. */
export interface SoldListing {
  readonly id: string;
  readonly state: string;
  readonly remainingFen: number;
}

/** A loan as its borrower sees it. */
export interface OwnLoan {
  readonly id: string;
  readonly listingId: string;
}

export interface Application {
  readonly kind: string;
  readonly amountFen: number;
  readonly annualRatePpm: number;
  readonly termMonths: number;
  readonly method: string;
  readonly purpose: string;
}

/** A person with a bank account and a browser: everything he does on the platform goes through his own session. */
export class Customer {
  private readonly browser = new Browser();
  private readonly api: HttpClient;

  constructor(
    private readonly apiUrl: string,
    readonly customerNo: string,
    readonly name: string,
    /** Changes when he opens another account. */
    public accountNo: string | null,
  ) {
    this.api = new HttpClient(apiUrl, `客户端接口 the customer API (${customerNo})`, () => ({ cookie: this.browser.cookieFor(apiUrl) }));
  }

  /** Single sign-on: to the platform, on to the bank's login page, the form, and back. */
  async logIn(): Promise<void> {
    const form = await this.browser.visit(`${this.apiUrl}/login`);
    if (form.status !== 200) throw new Error(`登录页 the login page answers ${form.status}: ${form.text.slice(0, 200)}`);
    const back = await this.browser.visit(form.url, { customerNo: this.customerNo, password: PASSWORD });
    if (back.status !== 200 || !back.url.startsWith(this.apiUrl)) {
      throw new Error(`${this.customerNo} 登录失败 could not log in: ${back.status} ${back.text.slice(0, 200)}`);
    }
  }

  /** Signs on the bank's page that his account may be charged. */
  async signMandate(kind: 'REPAY' | 'INVEST', maxAmount: Fen, until: BusinessDate): Promise<void> {
    const { signingUrl } = await this.api.post<{ signingUrl: string }>('/mandates', { kind, maxAmountFen: fenToJson(maxAmount), until });
    await this.browser.visit(signingUrl, {});
  }

  /** Opens an e-account on the bank's page with his four factors, and has the platform look. */
  async openAccount(): Promise<void> {
    const factors = { name: this.name, idNumber: '11010519491231002X', cardNo: '6222020000000000001', mobile: '13800001234' };
    const { openingUrl } = await this.api.post<{ openingUrl: string }>('/account/opening', factors);
    await this.browser.visit(openingUrl, {});
    await this.api.post('/account/refresh');
  }

  apply(application: Application): Promise<{ readonly listingId: string }> {
    return this.api.post('/applications', application, this.once());
  }

  order(listingId: string, amount: Fen, acceptsPart: boolean): Promise<Answer<AdmittedOrder>> {
    const body = { amountFen: fenToJson(amount), acceptsPart };
    return this.api.ask({ method: 'POST', path: `/listings/${listingId}/orders`, body, headers: this.once() });
  }

  listing(id: string): Promise<SoldListing> {
    return this.api.get(`/listings/${id}`);
  }

  async orders(): Promise<readonly OwnOrder[]> {
    const all: OwnOrder[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: { items: OwnOrder[]; next: string | null } = await this.api.get(
        `/orders?limit=100${after === '' ? '' : `&after=${after}`}`,
      );
      all.push(...page.items);
      after = page.next;
    }
    return all;
  }

  async loans(): Promise<readonly OwnLoan[]> {
    return (await this.api.get<{ items: OwnLoan[] }>('/loans')).items;
  }

  /** Pays an amount of his own choice; refused when nothing is due. */
  pay(loanId: string, amount: Fen): Promise<Answer<{ readonly owedFen: number }>> {
    return this.api.ask({
      method: 'POST',
      path: `/loans/${loanId}/payments`,
      body: { amountFen: fenToJson(amount) },
      headers: this.once(),
    });
  }

  private once(): { 'idempotency-key': string } {
    return { 'idempotency-key': randomUUID() };
  }
}
