import type { Person } from './people';
import type { TestPlatform } from './platform';
import { until } from './until';

/** Longest time that a listing may take from one state to the next while no day passes. */
const STEP_LIMIT_MS = 60_000;

/** What is asked for, and under which terms it is sold; what is left out is the usual. */
export interface Plan {
  readonly amountFen?: number;
  readonly annualRatePpm?: number;
  readonly term?: { readonly termMonths: number } | { readonly termDays: number };
  readonly method?: 'equal_instalments' | 'equal_principal' | 'interest_first' | 'bullet';
  /** Further terms, as the back office takes them. */
  readonly terms?: Readonly<Record<string, unknown>>;
}

/** An instalment as operators see it; amounts in fen. */
export interface InstalmentSeen {
  readonly no: number;
  readonly state: string;
  readonly dueDate: string;
  readonly principalFen: number;
  readonly interestFen: number;
  readonly paidFen: number;
  readonly advancedFen: number;
  readonly distributedFen: number;
  readonly graceUntil: string;
}

/** An order as operators see it; amounts in fen. */
export interface OrderSeen {
  readonly id: string;
  readonly no: number;
  readonly state: string;
  readonly amountFen: number;
  readonly acceptedFen: number | null;
  readonly collectedFen: number | null;
  readonly refusalCode: string | null;
}

/** One listing on its way through a running platform, told by the people who move it: everything is asked over HTTP. */
export class ListingStory {
  private constructor(
    private readonly platform: TestPlatform,
    readonly borrower: Person,
    readonly id: string,
    readonly listingNo: string,
    readonly amountFen: number,
  ) {}

  /** The borrower applies, and the bank's credit system sends the listing to review. */
  static async applied(platform: TestPlatform, borrower: Person, plan: Plan = {}): Promise<ListingStory> {
    const amountFen = plan.amountFen ?? 1_000_000;
    const { listingId } = await borrower.door.post<{ listingId: string }>('/applications', {
      kind: 'credit',
      amountFen,
      annualRatePpm: plan.annualRatePpm ?? 100_000,
      ...(plan.term ?? { termMonths: 2 }),
      method: plan.method ?? 'equal_instalments',
      purpose: 'auto',
    });
    const { listingNo } = await platform.office.operator.get<{ listingNo: string }>(`/listings/${listingId}`);
    const story = new ListingStory(platform, borrower, listingId, listingNo, amountFen);
    await story.becomes('in_review');
    return story;
  }

  /** From the application to the open door, under these terms: without an institution the bank itself stands behind it. */
  static async onSale(
    platform: TestPlatform,
    borrower: Person,
    plan: Plan & { readonly institutionId?: string } = {},
  ): Promise<ListingStory> {
    const story = await ListingStory.applied(platform, borrower, plan);
    const { institutionId } = plan;
    const guarantee =
      institutionId === undefined ? { guaranteeMode: 'channel' } : { guaranteeMode: 'insured', institutionId, premiumPpm: 2_000 };
    await story.getsTerms({ ...guarantee, ...plan.terms });
    await story.isReviewed(1);
    await story.isReviewed(2);
    await story.becomes('raising');
    return story;
  }

  async getsTerms(terms: Readonly<Record<string, unknown>>): Promise<void> {
    const { operator } = this.platform.office;
    const { businessDate } = await operator.get<{ businessDate: string }>('/business-date');
    await operator.put(`/listings/${this.id}/terms`, { opensAt: `${businessDate}T00:00:00.000+08:00`, deadline: businessDate, ...terms });
  }

  async isReviewed(level: 1 | 2, decision: 'approve' | 'reject' = 'approve'): Promise<void> {
    const reviewer = level === 1 ? this.platform.office.first : this.platform.office.second;
    await reviewer.post(`/listings/${this.id}/reviews`, { level, decision, reason: '资料齐全' });
  }

  async takesOrder(investor: Person, amountFen: number, acceptsPart = false): Promise<string> {
    const { id } = await investor.door.post<{ id: string }>(`/listings/${this.id}/orders`, { amountFen, acceptsPart });
    return id;
  }

  /** As `takesOrder`, and waits until the bank has the money: the place in the queue is given by the bank, not by who asked first. */
  async holdsOrder(investor: Person, amountFen: number, acceptsPart = false): Promise<string> {
    const id = await this.takesOrder(investor, amountFen, acceptsPart);
    const isHeld = async (): Promise<boolean> =>
      !['admitted', 'freezing'].includes((await this.orders()).find((order) => order.id === id)!.state);
    await until(`order ${id} is decided at the bank`, isHeld, STEP_LIMIT_MS);
    return id;
  }

  /** The investors take equal parts of the whole, the last one the rest: then it settles, and the borrower has the money. */
  async isLent(investors: readonly Person[]): Promise<void> {
    await this.isSoldTo(investors);
    await this.becomes('repaying');
    const isBegun = async (): Promise<boolean> => {
      const { items } = await this.borrower.door.get<{ items: { listingId: string }[] }>('/loans');
      return items.some(({ listingId }) => listingId === this.id);
    };
    await until('the loan has begun', isBegun, STEP_LIMIT_MS);
  }

  async isSoldTo(investors: readonly Person[]): Promise<void> {
    const part = Math.floor(this.amountFen / investors.length);
    const last = investors.length - 1;
    await Promise.all(investors.map((investor, index) => this.takesOrder(investor, index === last ? this.amountFen - part * last : part)));
  }

  async becomes(state: string): Promise<void> {
    try {
      await until(`listing ${this.listingNo} is ${state}`, async () => (await this.state()) === state, STEP_LIMIT_MS);
    } catch (error) {
      throw new Error(`${String(error)}; ${await this.whatIsOpen()}`, { cause: error });
    }
  }

  /** For whoever reads that a state did not come: where it stands, and what is under way. */
  private async whatIsOpen(): Promise<string> {
    const [jobs, asked] = await Promise.all([this.openJobs(), this.openAtTheBank()]);
    const orders = (await this.orders()).map(({ no, state, refusalCode }) => [no, state, refusalCode].join(' '));
    return [
      `at ${new Date().toISOString()} it is ${await this.state()}, its settlement ${await this.settlementState()}`,
      `orders: ${orders.join(', ')}`,
      `open at the bank: ${asked.join(', ')}`,
      `jobs: ${jobs.join(', ')}`,
    ].join('; ');
  }

  private openJobs(): Promise<string[]> {
    return this.lines(
      `SELECT concat_ws(' ', name, 'of', subject, CASE WHEN parked_at IS NULL THEN 'open' ELSE 'parked' END, answered || '/' || rings || ' rings answered',
         'due ' || to_char(due_at, 'HH24:MI:SS.MS'), 'rung ' || to_char(rung_at, 'HH24:MI:SS.MS'), last_error) AS line FROM job
       WHERE done_at IS NULL ORDER BY id LIMIT 20`,
    );
  }

  private openAtTheBank(): Promise<string[]> {
    return this.lines(
      `SELECT concat_ws(' ', o.kind, o.state, 'group', o.send_group, 'tries', o.tries, 'asks', o.asks) AS line FROM bank_order o JOIN listing l ON l.id = o.listing_id
       WHERE l.listing_no = $1 AND o.parent_id IS NULL AND o.state IN ('created', 'sent', 'accepted', 'unknown') ORDER BY o.id LIMIT 20`,
      [this.listingNo],
    );
  }

  private async lines(sql: string, params: readonly unknown[] = []): Promise<string[]> {
    return (await this.platform.db.work.read((tx) => tx.query<{ line: string }>(sql, params))).map(({ line }) => line);
  }

  async state(): Promise<string> {
    return (await this.platform.office.auditor.get<{ state: string }>(`/listings/${this.id}`)).state;
  }

  orders(): Promise<OrderSeen[]> {
    return this.platform.office.auditor.pages<OrderSeen>(`/listings/${this.id}/orders`);
  }

  async instalments(): Promise<InstalmentSeen[]> {
    return (await this.platform.office.auditor.get<{ items: InstalmentSeen[] }>(`/listings/${this.id}/instalments`)).items;
  }

  /** Where the settlement stands; `none` before it has begun. */
  async settlementState(): Promise<string> {
    const { body } = await this.platform.office.auditor.ask<{ state?: string }>('GET', `/listings/${this.id}/settlement`);
    return body.state ?? 'none';
  }

  async settlement(): Promise<Record<string, unknown> & { state: string; valueDate: string | null; preview: unknown }> {
    return this.platform.office.auditor.get(`/listings/${this.id}/settlement`);
  }
}
