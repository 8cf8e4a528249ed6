import { randomUUID } from 'node:crypto';
import type { BusinessDate } from '#kernel/time';
import { HttpClient, type Answer } from './http-client';

/** People who work in the back office, by what they do. */
export const OPERATOR_NAMES = ['operator', 'reviewer-1', 'reviewer-2', 'checker', 'auditor'] as const;
export type OperatorName = (typeof OPERATOR_NAMES)[number];
export type Passwords = Readonly<Record<OperatorName, string>>;

/** A listing as operators see it; amounts in fen. */
export interface OfficeListing {
  readonly id: string;
  readonly no: number;
  readonly listingNo: string;
  readonly state: string;
  readonly amountFen: number;
}

/** How the raise of a listing stands; amounts in fen. */
export interface RaiseStanding {
  readonly state: string;
  /** What must still be frozen until the listing is full. */
  readonly missingFen: number;
  /** Orders that the bank has not decided. */
  readonly openOrders: number;
}

/** One day with its reconciliation. */
export interface DayStanding {
  readonly date: BusinessDate;
  readonly businessDay: string;
  readonly reconciliation: string | null;
  readonly waitingFor: string | null;
  readonly lines: number | null;
  readonly breaks: number | null;
  readonly provedAccounts: number | null;
  readonly differenceAccounts: number | null;
  readonly confirmedAs: string | null;
}

/** One difference between our books and a statement. */
export interface Break {
  readonly id: string;
  readonly no: number;
  readonly bankDate: string;
  readonly kind: string;
  readonly state: string;
  readonly amountFen: number;
  readonly hasCorrection: boolean;
  readonly rule: string | null;
  readonly reason: string | null;
}

/** Sums of one kind of ledger account, in fen. */
export interface KindTotal {
  readonly kind: string;
  readonly accounts: number;
  readonly postedFen: number;
  readonly pendingFen: number;
  readonly zh: string;
  readonly en: string;
}

/** What one party advanced for one listing, in fen. */
export interface AdvanceTotal {
  readonly listingId: string;
  readonly listingNo: string;
  readonly payerKind: string;
  readonly payerAccountNo: string;
  readonly advances: number;
  readonly advancedFen: number;
  readonly receivedFen: number;
  readonly passedOnFen: number;
}

/** One instalment as it stands, in fen. */
export interface Instalment {
  readonly no: number;
  readonly state: string;
  readonly dueDate: BusinessDate;
  readonly principalFen: number;
  readonly interestFen: number;
  readonly paidFen: number;
  readonly advancedFen: number;
  readonly distributedFen: number;
}

/** Account of the platform's mirror, in fen. */
export interface LedgerAccount {
  readonly kind: string;
  readonly accountNo: string;
  readonly listingNo: string;
  readonly postedFen: number;
  readonly pendingFen: number;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string | null;
}

/** Everything that the demo's operators do, each under his own name. */
export class BackOffice {
  private constructor(private readonly desks: Readonly<Record<OperatorName, HttpClient>>) {}

  /** Every operator signs in with his own password. */
  static async signIn(url: string, passwords: Passwords): Promise<BackOffice> {
    const door = new HttpClient(url, '管理后台 the back office');
    const desks = {} as Record<OperatorName, HttpClient>;
    for (const login of OPERATOR_NAMES) {
      const { token } = await door.post<{ token: string }>('/session', { login, password: passwords[login] });
      desks[login] = new HttpClient(url, `管理后台 the back office (${login})`, () => ({ authorization: `Bearer ${token}` }));
    }
    return new BackOffice(desks);
  }

  registerInstitution(name: string, accountNo: string): Promise<{ readonly id: string }> {
    return this.desks.operator.post('/institutions', { name, kind: 'insurer', accountNo }, this.once());
  }

  listing(id: string): Promise<OfficeListing> {
    return this.desks.auditor.get(`/listings/${id}`);
  }

  raise(id: string): Promise<RaiseStanding> {
    return this.desks.auditor.get(`/listings/${id}/raise`);
  }

  async setTerms(id: string, terms: object): Promise<void> {
    await this.desks.operator.put(`/listings/${id}/terms`, terms, this.once());
  }

  review(id: string, level: 1 | 2, decision: 'approve' | 'reject', reason: string): Promise<Answer<OfficeListing>> {
    const desk = level === 1 ? this.desks['reviewer-1'] : this.desks['reviewer-2'];
    return desk.ask({ method: 'POST', path: `/listings/${id}/reviews`, body: { level, decision, reason }, headers: this.once() });
  }

  settlement(
    id: string,
  ): Promise<{ readonly state: string; readonly collectedFen: number; readonly acceptedFen: number; readonly valueDate: string | null }> {
    return this.desks.auditor.get(`/listings/${id}/settlement`);
  }

  async instalments(id: string): Promise<readonly Instalment[]> {
    return (await this.desks.auditor.get<Page<Instalment>>(`/listings/${id}/instalments`)).items;
  }

  /** The operator proposes to pay a returned disbursement again, the checker approves. */
  async payDisbursementAgain(id: string): Promise<void> {
    const body = { reason: '已与融资人核实收款账户 the borrower has confirmed his account' };
    const made = await this.desks.operator.post<{ proposalId: string }>(
      `/listings/${id}/settlement/repayment-to-borrower-proposals`,
      body,
      this.once(),
    );
    await this.approve(made.proposalId);
  }

  /** The operator proposes what becomes of a break, the checker approves. */
  async decideBreak(id: string, decision: 'adjust' | 'close', reason: string): Promise<void> {
    const made = await this.desks.operator.post<{ proposalId: string }>(`/breaks/${id}/proposals`, { decision, reason }, this.once());
    await this.approve(made.proposalId);
  }

  breaks(state?: 'open' | 'proposed' | 'adjusted' | 'closed'): Promise<Break[]> {
    return this.pages<Break>('/breaks', state === undefined ? '' : `state=${state}`);
  }

  /** Every day of a span, oldest first. */
  async days(from: BusinessDate, to: BusinessDate): Promise<readonly DayStanding[]> {
    const days = await this.desks.auditor.get<Page<DayStanding>>(`/days?from=${from}&to=${to}`);
    return days.items.toReversed();
  }

  async today(): Promise<BusinessDate> {
    return (await this.desks.auditor.get<{ businessDate: BusinessDate }>('/business-date')).businessDate;
  }

  /** Lets days pass; answered when all is quiet. */
  advance(days: number): Promise<{ readonly businessDate: BusinessDate; readonly milliseconds: number }> {
    return this.desks.operator.post('/sandbox/clock/advance', { days });
  }

  async totals(): Promise<readonly KindTotal[]> {
    return (await this.desks.auditor.get<Page<KindTotal>>('/ledger/totals')).items;
  }

  ledgerAccounts(): Promise<LedgerAccount[]> {
    return this.pages<LedgerAccount>('/ledger/accounts', '');
  }

  async advances(): Promise<readonly AdvanceTotal[]> {
    return (await this.desks.auditor.get<Page<AdvanceTotal>>('/advances')).items;
  }

  async payouts(): Promise<readonly { readonly state: string; readonly payouts: number; readonly amountFen: number }[]> {
    return (await this.desks.auditor.get<Page<{ state: string; payouts: number; amountFen: number }>>('/payouts')).items;
  }

  async parkedJobs(): Promise<readonly { readonly name: string; readonly lastError?: string | null }[]> {
    return (await this.desks.auditor.get<Page<{ name: string; lastError?: string | null }>>('/jobs/parked?limit=100')).items;
  }

  /** Bank orders that were unknown once, by who told their end. */
  async endedUnknown(): Promise<readonly { readonly decidedBy: string | null; readonly orders: number }[]> {
    return (await this.desks.auditor.get<Page<{ decidedBy: string | null; orders: number }>>('/bank-orders/ended-unknown')).items;
  }

  private async approve(proposalId: string): Promise<void> {
    await this.desks.checker.post(`/proposals/${proposalId}/approval`, {}, this.once());
  }

  private async pages<Item>(path: string, query: string): Promise<Item[]> {
    const all: Item[] = [];
    let after: string | null | undefined = '';
    while (after !== null && after !== undefined) {
      const parts = [query, 'limit=99', after === '' ? '' : `after=${encodeURIComponent(after)}`].filter((part) => part !== '');
      const page: Page<Item> = await this.desks.auditor.get(`${path}?${parts.join('&')}`);
      all.push(...page.items);
      after = page.next;
    }
    return all;
  }

  /** A fresh key for a command: what is repeated with it is done once. */
  private once(): { 'idempotency-key': string } {
    return { 'idempotency-key': randomUUID() };
  }
}
