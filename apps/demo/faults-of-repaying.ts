import { addDays, compareDates, type BusinessDate } from '#kernel/time';
import { lateAt, stopsAt, type Loan } from './conduct';
import type { Diary } from './diary';
import type { FaultList, PlannedFault } from './planned-fault';
import type { World } from './world';

/** What may happen to a charge of a borrower. The first ones take seconds of real time, so they come first: on due dates that several loans share. */
const OF_CHARGES: readonly (readonly [string, ...object[]])[] = [
  ['扣款请求丢失 the request of a charge is lost', { kind: 'drop_request' }],
  ['扣款沉默至对账单 the bank is silent about a charge until its statement', { kind: 'silent_until_statement' }],
  [
    '扣款应答丢失，结果由通知告知 the answer to a charge is lost, a notice tells its end',
    { kind: 'drop_answer' },
    { kind: 'processing_then_success', delayMs: 1_500 },
  ],
  ['扣款应答丢失 the answer to a charge is lost', { kind: 'drop_answer' }],
  ['扣款成功但答 500 a charge is done and answered 500', { kind: 'answer_500', acted: true }],
  ['扣款未做且答 500 a charge is not done and answered 500', { kind: 'answer_500', acted: false }],
  ['扣款时银行忙 the bank is busy', { kind: 'busy' }],
  ['扣款处理中 a charge is in progress for a while', { kind: 'processing_then_success', delayMs: 300 }],
];

/** What may happen to the batch that pays the investors. */
const OF_PAYOUTS: readonly (readonly [string, object])[] = [
  ['回款批次应答丢失 the answer to a payout batch is lost', { kind: 'drop_answer' }],
  ['回款批次忙 the bank is busy', { kind: 'busy' }],
  ['回款失败一笔 one payout fails', { kind: 'fail_item', code: 'ACCOUNT_FROZEN' }],
  ['回款批次沉默至对账单 the bank is silent about a payout batch until its statement', { kind: 'silent_until_statement' }],
];

/** Faults of statement files, on due dates. */
const OF_STATEMENTS: readonly (readonly [string, object])[] = [
  ['对账单被截断，次日更正 a truncated file, corrected the next day', { kind: 'statement_truncated', correctedAfterDays: 1 }],
  ['对账单多出一行 an extra line', { kind: 'statement_extra_line', correctedAfterDays: null }],
  ['对账单金额错误 a wrong amount', { kind: 'statement_wrong_amount', correctedAfterDays: null }],
  ['对账单金额错误，两日后更正 a wrong amount, corrected two days later', { kind: 'statement_wrong_amount', correctedAfterDays: 2 }],
];

/** An instalment of a loan that is charged as usual, so that a fault aimed at it meets something. */
interface Slot {
  readonly loan: Loan;
  readonly dueDate: BusinessDate;
}

/** Plans the faults of the repayments, each on the eve of the instalment at which it is aimed: loans take turns, the more loans the more faults. */
export function planFaultsOfRepaying(
  world: World,
  diary: Diary,
  loans: readonly Loan[],
  faults: FaultList,
  payee: (loan: Loan) => string,
): void {
  const slots = slotsOf(world, loans);
  const extra = Math.floor(loans.length / 3);
  const charges = [
    ...OF_CHARGES,
    ...Array.from({ length: extra }, (_, turn) => world.chance.pick(OF_CHARGES.slice(3), 'extra charge', turn)),
  ];
  const payouts = [
    ...OF_PAYOUTS,
    ...Array.from({ length: extra }, (_, turn) => world.chance.pick(OF_PAYOUTS.slice(0, 3), 'extra payout', turn)),
  ];
  // Aims are looked up on the eve: somebody may have another account by then.
  const onEve = ({ dueDate }: Slot, planned: () => PlannedFault[]): void => diary.on(addDays(dueDate, -1), () => faults.plan(...planned()));
  for (const [index, [says, ...kinds]] of charges.entries()) {
    const slot = slots[index % slots.length];
    if (slot !== undefined) onEve(slot, () => kinds.map((kind) => ofCharge(says, slot, kind)));
  }
  for (const [index, [says, kind]] of payouts.entries()) {
    const slot = slots[(charges.length + index) % slots.length];
    if (slot !== undefined) onEve(slot, () => [ofPayout(says, slot, kind, payee(slot.loan))]);
  }
  for (const [index, [says, kind]] of OF_STATEMENTS.entries()) {
    const slot = slots.filter((each) => each.loan === slots[0]?.loan)[index + 1];
    if (slot !== undefined) onEve(slot, () => [{ says, plan: { ...kind, statementType: 'TRANSACTIONS', bankDate: slot.dueDate } }]);
  }
  const [first] = slots;
  if (first !== undefined) onEve(first, () => doubledNotices(first));
}

/** Slots by instalment first and loan second, so that neighbours share their due date. The first instalment and the last one stay as they are. */
function slotsOf(world: World, loans: readonly Loan[]): Slot[] {
  const slots: (Slot & { readonly no: number })[] = [];
  for (const loan of loans.toSorted((a, b) => Number(a.listing.plan.conduct !== 'pays') - Number(b.listing.plan.conduct !== 'pays'))) {
    const end = stopsAt(loan) ?? loan.instalments.length;
    const late = lateAt(loan, world);
    for (const { no, dueDate } of loan.instalments) if (no > 1 && no < end && no !== late) slots.push({ loan, dueDate, no });
  }
  return slots.sort((a, b) => a.no - b.no || compareDates(a.dueDate, b.dueDate));
}

function ofCharge(says: string, { loan }: Slot, kind: object): PlannedFault {
  const { listingNo, borrower } = loan.listing;
  return { says, plan: { ...kind, service: 'transfers/submit', transactionKind: 'REPAY', listingNo, accountNo: borrower.accountNo! } };
}

function ofPayout(says: string, { loan }: Slot, kind: object, accountNo: string): PlannedFault {
  const { listingNo } = loan.listing;
  return { says, plan: { ...kind, service: 'batches/submit', transactionKind: 'PAYOUT', listingNo, accountNo } };
}

function doubledNotices({ loan }: Slot): PlannedFault[] {
  const accountNo = loan.listing.borrower.accountNo!;
  return [
    {
      says: '批次通知三遍 the notice of a batch comes three times',
      plan: { kind: 'duplicate_notice', noticeKind: 'BATCH_DONE', copies: 3 },
    },
    {
      says: '充值通知两遍 the notice of a top-up comes twice',
      plan: { kind: 'duplicate_notice', noticeKind: 'TOP_UP', accountNo, copies: 2 },
    },
  ];
}
