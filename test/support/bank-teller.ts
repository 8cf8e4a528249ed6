import type { BatchItem, BankPort, Instruction } from '#bank/port';
import { newId, requestNoOf } from '#kernel/ids';
import { fen, type Fen } from '#kernel/money';
import { directBankUnderTest, type BankUnderTest } from './bank-under-test';
import { until } from './until';

type BatchItemOutcome = Awaited<ReturnType<BankPort['queryBatch']>>['items'][number];

/** Every adapter of the platform passes the contract suites. A new one is a line here and a way to open its bank. */
export const BANKS: readonly { readonly name: string; readonly open: () => Promise<BankUnderTest> }[] = [
  { name: 'direct bank', open: directBankUnderTest },
];

/** Longer ago than any settle window. */
export const LONG_AGO = new Date(Date.now() - 3_600_000);
export const yuan = (amount: bigint): Fen => fen(amount * 100n);
export const newNo = (): string => requestNoOf(newId());

/** Three parties at a bank, and the errands that lead to what a test is about. */
export class BankTeller {
  private constructor(
    readonly bank: BankUnderTest,
    readonly investor: { customerNo: string; accountNo: string },
    readonly borrower: { customerNo: string; accountNo: string },
    readonly insurer: { accountNo: string },
  ) {}

  static async open(open: () => Promise<BankUnderTest>): Promise<BankTeller> {
    const bank = await open();
    const investor = await bank.customer(yuan(100_000n));
    const borrower = await bank.customer(yuan(10n));
    return new BankTeller(bank, investor, borrower, await bank.insurer(yuan(10_000n)));
  }

  get port(): BankPort {
    return this.bank.port;
  }

  send(instruction: Instruction, requestNo = newNo()): ReturnType<BankPort['send']> {
    return this.port.send(requestNo, this.port.encode(instruction));
  }

  async listing(): Promise<string> {
    const listingNo = `L${newNo()}`;
    const outcome = await this.send({
      do: 'register_listing',
      listingNo,
      amount: yuan(10_000n),
      annualRatePpm: 57_500n,
      termDays: 365,
      borrowerAccountNo: this.borrower.accountNo,
      borrowerCustomerNo: this.borrower.customerNo,
      borrowerName: '张*',
      payeeAccountNos: [this.insurer.accountNo],
      guarantorAccountNo: this.insurer.accountNo,
    });
    if (outcome.kind !== 'done') throw new Error(`the registration ended ${JSON.stringify(outcome)}`);
    return listingNo;
  }

  hold(listingNo: string, amount = yuan(100n), accountNo = this.investor.accountNo): Instruction {
    return { do: 'place_hold', accountNo, listingNo, orderNo: newNo(), amount };
  }

  /** A hold that was placed. @returns its number */
  async held(listingNo: string, amount = yuan(100n)): Promise<string> {
    const outcome = await this.send(this.hold(listingNo, amount));
    if (outcome.kind !== 'done') throw new Error(`the hold ended ${JSON.stringify(outcome)}`);
    return String(outcome.data['holdNo']);
  }

  collect(holdNo: string, amount = yuan(100n)): BatchItem {
    return { itemNo: newNo(), holdNo, from: this.investor.accountNo, to: this.port.capabilities.accounts.disbursement, amount };
  }

  /** A listing whose disbursement account has this much. */
  async collected(amount: bigint): Promise<string> {
    const listingNo = await this.listing();
    const items = [this.collect(await this.held(listingNo, yuan(amount)), yuan(amount))];
    await this.ran(await this.submit(listingNo, items));
    return listingNo;
  }

  /** Submits a collection. @returns its number */
  async submit(listingNo: string, items: readonly BatchItem[]): Promise<string> {
    const requestNo = newNo();
    await this.send({ do: 'submit_batch', kind: 'COLLECT', listingNo, items }, requestNo);
    return requestNo;
  }

  /** Gives back a part of a hold, or of what was debited at once, as a batch of one. @returns what became of it */
  async giveBack(kind: 'RELEASE' | 'REFUND', listingNo: string, holdNo: string, amount: Fen): Promise<BatchItemOutcome> {
    const accounts = [this.investor.accountNo, this.port.capabilities.accounts.disbursement] as const;
    const [from, to] = kind === 'RELEASE' ? accounts : accounts.toReversed();
    const requestNo = newNo();
    await this.send({ do: 'submit_batch', kind, listingNo, items: [{ itemNo: newNo(), holdNo, from: from!, to: to!, amount }] }, requestNo);
    await this.ran(requestNo);
    return (await this.port.queryBatch(requestNo, new Date())).items[0]!;
  }

  ran(requestNo: string): Promise<void> {
    return until('the batch is done', async () => (await this.port.queryBatch(requestNo, new Date())).batch.kind === 'done');
  }

  disburse(listingNo: string, amount = yuan(50n), to = this.borrower.accountNo): Instruction {
    const from = this.port.capabilities.accounts.disbursement;
    return { do: 'transfer', kind: 'DISBURSE', listingNo, from, to, amount, ref: 'a settlement' };
  }
}
