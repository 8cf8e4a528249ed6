import { newId } from '#kernel/ids';
import { businessDate, readInstant } from '#kernel/time';
import { entryKinds } from '#registers/ledger';
import type { BankOrder, BankOrderKind } from './bank-order';
import { entriesOf, returnEntriesOf } from './entries';

const [FROM, TO, HOLD] = [newId(), newId(), newId()];
const AT = new Date('2024-03-01T02:00:00.000Z');

const doneOrder = (kind: BankOrderKind, more: Partial<BankOrder> = {}): BankOrder => ({
  id: newId(),
  request_no: 'R1',
  parent_id: null,
  item_no: null,
  kind,
  purpose: 'main',
  send_group: newId(),
  instruction: null,
  service: null,
  body: null,
  listing_id: null,
  loan_id: null,
  subject_id: newId(),
  amount_fen: 500n,
  debit_account_id: FROM,
  credit_account_id: TO,
  hold_order_id: null,
  group_no: null,
  state: 'done',
  tries: 1,
  sent_at: AT,
  given_up_at: AT,
  asked_at: null,
  asks: 0,
  limit_at: null,
  unwanted_at: null,
  bank_serial: 'BS1',
  bank_date: businessDate('2024-03-01'),
  bank_time: AT,
  code: null,
  data: {},
  decided_by: 'answer',
  created_on: businessDate('2024-03-01'),
  ...more,
});

describe('what the ledger writes when the bank says done', () => {
  it.each(['BATCH', 'LISTING_REGISTER', 'LISTING_UPDATE', 'FINANCING_APPLY', 'CREDIT_MOVE'] as const)(
    'is nothing for %s, which moves no money',
    (kind) => expect(entriesOf(doneOrder(kind, { debit_account_id: null, bank_serial: null }))).toEqual([]),
  );

  it('is one entry of the same kind, between its accounts, under the serial and the day of the bank', () => {
    const order = doneOrder('DISBURSE');
    expect(entriesOf(order)).toEqual([
      {
        reference: order.id,
        kind: 'DISBURSE',
        debitAccountId: FROM,
        creditAccountId: TO,
        amount: 500n,
        bankOrderId: order.id,
        serial: 'BS1',
        bankDate: '2024-03-01',
        happenedAt: AT,
      },
    ]);
  });

  it.each(['COLLECT', 'RELEASE'] as const)('names, for %s, the hold of which it is a part', (kind) => {
    expect(entriesOf(doneOrder(kind, { hold_order_id: HOLD }))).toMatchObject([{ kind, pendingReference: HOLD }]);
    expect(() => entriesOf(doneOrder(kind))).toThrow('names no hold');
  });

  it.each([{ debit_account_id: null }, { credit_account_id: null }, { bank_serial: null }, { bank_date: null }, { bank_time: null }])(
    'is a bug, and not a guess, where %o is missing',
    (missing) => expect(() => entriesOf(doneOrder('FEE', missing))).toThrow('is done without accounts, serial or date'),
  );

  it('has a kind of entry for every kind of bank order that moves money', () => {
    const kinds = [
      'HOLD',
      'DEBIT',
      'RELEASE',
      'COLLECT',
      'REFUND',
      'PAYOUT',
      'PREMIUM',
      'FEE',
      'DISBURSE',
      'REPAY',
      'ADVANCE',
      'RECOVER',
    ] as const;
    const rarer = ['PREMIUM_RETURN', 'FEE_RETURN', 'MOVE', 'MARKETING', 'PARK', 'UNPARK'] as const;
    for (const kind of [...kinds, ...rarer])
      expect(entryKinds).toHaveProperty(entriesOf(doneOrder(kind, { hold_order_id: HOLD }))[0]!.kind);
  });
});

describe('what the ledger writes when a transfer comes back', () => {
  it('is the same amount the other way, under the serial and the day of the coming back', () => {
    const order = doneOrder('DISBURSE', { state: 'returned' });
    const word = { serial: 'BS9', bankDate: businessDate('2024-03-05'), bankTime: readInstant('2024-03-05T09:00:00.000+08:00') };
    expect(returnEntriesOf(order, word)).toEqual([
      {
        reference: `${order.id}:returned`,
        kind: 'RETURN',
        debitAccountId: TO,
        creditAccountId: FROM,
        amount: 500n,
        bankOrderId: order.id,
        serial: 'BS9',
        bankDate: '2024-03-05',
        happenedAt: new Date('2024-03-05T01:00:00.000Z'),
      },
    ]);
  });
});
