import type { BankPort, Capabilities, EncodedInstruction, Exchange, Instruction, ItemOutcome, Outcome } from '#bank/port';
import { fen } from '#kernel/money';
import { businessDate, instantOn } from '#kernel/time';

/** One thing that the bank is to do, as its rule sees it: a request, or an item of a batch. */
export interface Asked {
  /** `HOLD`, `DEBIT`, the kind of a transfer or of an item, `BATCH`, or what else is asked (`register_listing` …). */
  readonly kind: string;
  readonly amount: bigint;
  readonly from: string;
  readonly to: string;
  readonly listingNo: string;
}

/** The bank's decisions as a test writes them. */
export type Rule = (asked: Asked) => Verdict;
/** The bank does everything. */
export const yes: Rule = () => 'done';
/** The bank refuses these kinds of orders with a code, and does all others. */
export function refusing(code: string, ...kinds: readonly string[]): Rule {
  return ({ kind }) => (kinds.includes(kind) ? { refused: code } : 'done');
}
/** What the bank decides: at once, not yet, or no. */
export type Verdict = 'done' | 'later' | { readonly refused: string };
/** What happens to one try on the way. */
export type Mishap = 'answer_lost' | 'request_lost' | 'busy' | undefined;

interface Item extends Asked {
  readonly itemNo: string;
  readonly holdNo: string;
  outcome: ItemOutcome;
}

interface Standing {
  readonly service: string;
  readonly body: string;
  readonly asked: Asked;
  readonly items: Item[];
  outcome: Outcome;
}

const ACCOUNTS = { disbursement: 'D1', repayment: 'R1', advance: 'B1', suspense: 'S1', fee: 'F1', marketing: 'M1' };

/**
 * A bank in memory that keeps the promises of the port and whose decisions a test writes: outcomes stand under their numbers for ever, a repeated number never
 * acts twice, a closed one is refused, a hold never gives more than it has. It counts where the money went, independently of the platform's books.
 */
export class ScriptedBank implements BankPort {
  /** What the bank decides. Asked again, at each question, about what it decided to do later. */
  rule: Rule = () => 'done';
  /** What happens to the n-th try (from 1) under a number. */
  mishap: (asked: Asked, nth: number) => Mishap = () => undefined;
  today = businessDate('2024-01-02');
  capabilities: Capabilities = {
    holdModes: ['freeze', 'debit'],
    factors: [],
    batchLimit: 1_000,
    partialRelease: true,
    timestampToleranceSeconds: 300,
    settleWindowSeconds: 360,
    dayCut: '23:00',
    requestsPerSecond: 1_000,
    accounts: ACCOUNTS,
  };
  /** Every try, in its order. */
  readonly tries: { readonly requestNo: string; readonly kind: string; readonly body: string }[] = [];
  /** Numbers of the batches that were asked about, in the order of the questions. */
  readonly questions: string[] = [];
  /** What is still frozen of each hold, and what was taken of it and not given back. */
  readonly holds = new Map<string, { readonly accountNo: string; left: bigint; used: bigint }>();
  private readonly standings = new Map<string, Standing>();
  private readonly closed = new Set<string>();
  private readonly moved = new Map<string, bigint>();
  private readonly outOfSuspense = new Map<string, bigint>();
  private serial = 0;

  /** What came in less what went out; `D1/L…` is the part of a listing. */
  net(account: string): bigint {
    return this.moved.get(account) ?? 0n;
  }

  /** What reached an account out of the suspense account. */
  paidOutOfSuspense(account: string): bigint {
    return this.outOfSuspense.get(account) ?? 0n;
  }

  /** Accounts in which something has moved and did not come back. */
  nets(): Record<string, bigint> {
    return Object.fromEntries([...this.moved].filter(([, amount]) => amount !== 0n));
  }

  /** A transfer that was done is on its way back: the next question tells it. */
  sendBack(requestNo: string): void {
    const standing = this.standings.get(requestNo)!;
    if (standing.outcome.kind !== 'done') throw new Error(`${requestNo} is ${standing.outcome.kind} and cannot come back`);
    const { amount, from, to, listingNo } = standing.asked;
    this.pay({ from: to, to: from, amount, listingNo });
    standing.outcome = { ...standing.outcome, returned: { ...this.word(), amount: fen(amount) } };
  }

  encode(instruction: Instruction): EncodedInstruction {
    return {
      service: instruction.do,
      body: JSON.stringify(instruction, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    };
  }

  send(requestNo: string, { service, body }: EncodedInstruction): Promise<Outcome & { readonly exchange: Exchange }> {
    const asked = askedOf(JSON.parse(body) as Record<string, unknown>);
    this.tries.push({ requestNo, kind: asked.kind, body });
    const mishap = this.mishap(asked, this.tries.filter((each) => each.requestNo === requestNo).length);
    if (mishap === 'busy') return answered({ kind: 'undecided', why: 'SYSTEM_BUSY', pause: true });
    if (mishap === 'request_lost') return answered({ kind: 'unknown', why: 'no answer' });
    const outcome = this.outcomeOf(requestNo, service, body, asked);
    return answered(mishap === 'answer_lost' ? { kind: 'unknown', why: 'no answer' } : outcome);
  }

  query(requestNo: string, givenUpAt: Date): Promise<Outcome & { readonly exchange: Exchange }> {
    return answered(this.standingOf(requestNo, givenUpAt));
  }

  queryBatch(requestNo: string, givenUpAt: Date) {
    this.questions.push(requestNo);
    const batch = this.standingOf(requestNo, givenUpAt);
    const items = batch.kind === 'refused' ? [] : (this.standings.get(requestNo)?.items.map(({ outcome }) => outcome) ?? []);
    return Promise.resolve({ batch, items, exchange: exchange() });
  }

  close(requestNo: string): Promise<Outcome & { readonly exchange: Exchange }> {
    const standing = this.standings.get(requestNo);
    if (standing !== undefined) return answered(standing.outcome);
    this.closed.add(requestNo);
    return answered({ kind: 'closed' });
  }

  readonly account = notHere;
  readonly balance = notHere;
  readonly openingUrl = notHere;
  readonly signMandate = notHere;
  readonly mandates = notHere;
  readonly statements = notHere;
  readonly download = notHere;
  readonly confirm = notHere;
  readonly verifyFile = (): boolean => false;
  readonly verifyNotice = (): undefined => undefined;

  private standingOf(requestNo: string, givenUpAt: Date): Outcome {
    if (this.closed.has(requestNo)) return { kind: 'closed' };
    const standing = this.standings.get(requestNo);
    if (standing === undefined) {
      const isLate = Date.now() - givenUpAt.getTime() >= this.capabilities.settleWindowSeconds * 1_000;
      return isLate ? { kind: 'missing' } : { kind: 'unknown', why: 'NOT_FOUND inside of the settle window' };
    }
    if (standing.outcome.kind === 'accepted') this.decide(standing);
    return standing.outcome;
  }

  private outcomeOf(requestNo: string, service: string, body: string, asked: Asked): Outcome {
    if (this.closed.has(requestNo)) return { kind: 'closed' };
    const known = this.standings.get(requestNo);
    if (known !== undefined) {
      if (known.body !== body) return { kind: 'unknown', why: 'REQUEST_CONFLICT', alarm: true };
      return known.outcome;
    }
    const standing: Standing = { service, body, asked, items: itemsOf(body), outcome: { kind: 'accepted' } };
    this.standings.set(requestNo, standing);
    // A batch is taken in first and decided when somebody asks; everything else may be decided at once.
    if (asked.kind !== 'BATCH') this.decide(standing);
    return standing.outcome;
  }

  private decide(standing: Standing): void {
    const { asked, items } = standing;
    const verdict = this.rule(asked);
    if (verdict === 'later') return;
    if (verdict !== 'done') {
      standing.outcome = { kind: 'refused', code: verdict.refused, ...(asked.kind === 'BATCH' ? {} : this.word()) };
      return;
    }
    for (const item of items) if (item.outcome.kind === 'waiting') item.outcome = this.itemOutcome(item);
    if (items.some((item) => item.outcome.kind === 'waiting')) return;
    standing.outcome = asked.kind === 'BATCH' ? { kind: 'done', data: {} } : { kind: 'done', data: this.carryOut(asked), ...this.word() };
  }

  private itemOutcome(item: Item): ItemOutcome {
    const { itemNo } = item;
    const verdict = this.rule(item);
    if (verdict === 'later') return { itemNo, kind: 'waiting' };
    if (verdict !== 'done') return { itemNo, kind: 'refused', code: verdict.refused, ...this.word() };
    const hold = this.holds.get(item.holdNo);
    const available = item.kind === 'REFUND' ? hold?.used : hold?.left;
    if (item.kind !== 'PAYOUT' && (available ?? 0n) < item.amount)
      return { itemNo, kind: 'refused', code: 'HOLD_ALREADY_USED', ...this.word() };
    if (hold !== undefined && item.kind !== 'REFUND') hold.left -= item.amount;
    if (hold !== undefined && item.kind === 'COLLECT') hold.used += item.amount;
    if (hold !== undefined && item.kind === 'REFUND') hold.used -= item.amount;
    if (item.kind !== 'RELEASE') this.pay(item);
    return { itemNo, kind: 'done', ...this.word() };
  }

  private carryOut(asked: Asked): Record<string, unknown> {
    if (asked.kind === 'HOLD' || asked.kind === 'DEBIT') {
      const heldSeq = this.holds.size + 1;
      const holdNo = `H${heldSeq}`;
      const [left, used] = asked.kind === 'HOLD' ? [asked.amount, 0n] : [0n, asked.amount];
      this.holds.set(holdNo, { accountNo: asked.from, left, used });
      if (asked.kind === 'DEBIT') this.pay(asked);
      return { holdNo, heldAt: instantOn(this.today, '10:00:00'), heldSeq };
    }
    if (asked.from !== '') this.pay(asked);
    return {};
  }

  private pay({ from, to, amount, listingNo }: Omit<Asked, 'kind'>): void {
    const name = (account: string): string =>
      account === ACCOUNTS.disbursement || account === ACCOUNTS.repayment ? `${account}/${listingNo}` : account;
    this.moved.set(name(from), this.net(name(from)) - amount);
    this.moved.set(name(to), this.net(name(to)) + amount);
    if (from.split('.')[0] === ACCOUNTS.suspense) this.outOfSuspense.set(to, this.paidOutOfSuspense(to) + amount);
  }

  private word() {
    this.serial += 1;
    return { serial: `BS${this.serial}`, bankDate: this.today, bankTime: instantOn(this.today, '10:00:00') };
  }
}

function askedOf(body: Record<string, unknown>): Asked {
  const kinds: Record<string, string> = { place_hold: 'HOLD', place_debit: 'DEBIT', submit_batch: 'BATCH', transfer: String(body['kind']) };
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  const isHold = body['do'] === 'place_hold' || body['do'] === 'place_debit';
  return {
    kind: kinds[text('do')] ?? text('do'),
    amount: BigInt(text('amount') || '0'),
    from: isHold ? text('accountNo') : text('from'),
    to: isHold ? ACCOUNTS.disbursement : text('to'),
    listingNo: text('listingNo'),
  };
}

function itemsOf(body: string): Item[] {
  const { kind, listingNo, items } = JSON.parse(body) as { kind: string; listingNo: string; items?: Record<string, string>[] };
  return (items ?? []).map((item) => {
    const itemNo = item['itemNo']!;
    const parties = { from: item['from']!, to: item['to']!, amount: BigInt(item['amount']!), holdNo: item['holdNo'] ?? '' };
    return { kind, listingNo, itemNo, ...parties, outcome: { itemNo, kind: 'waiting' as const } };
  });
}

function answered(outcome: Outcome): Promise<Outcome & { readonly exchange: Exchange }> {
  return Promise.resolve({ ...outcome, exchange: exchange() });
}

function exchange(): Exchange {
  return { answer: null, startedAt: new Date(), endedAt: new Date() };
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('this bank does not do that'));
}
