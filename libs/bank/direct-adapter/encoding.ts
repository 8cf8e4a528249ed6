import type { BatchItem, EncodedInstruction, Instruction } from '#bank/port';
import type { ServiceBody, ServiceName } from '#bank/wire';
import { Bug } from '#kernel/faults';
import { formatYuan, isPositive, sumFen, type Fen } from '#kernel/money';

/** Whether an instruction can be written at all depends on what the bank can do. */
export interface EncodingLimits {
  readonly batchLimit: number;
}

/**
 * The service and the body's bytes of an instruction. The same instruction always gives the same bytes: they are stored before the call, and every try sends
 * what is stored. Amounts become yuan text here and nowhere else.
 * @throws Bug for an amount that is not more than nothing, and for a batch that is empty or larger than the bank takes
 */
export function encodeInstruction(instruction: Instruction, limits: EncodingLimits): EncodedInstruction {
  switch (instruction.do) {
    case 'place_hold':
      return encoded('holds/place', moneyOf(instruction));
    case 'place_debit':
      return encoded('debits/place', moneyOf(instruction));
    case 'submit_batch':
      return encoded('batches/submit', batchOf(instruction, limits));
    case 'transfer':
      return encoded('transfers/submit', transferOf(instruction));
    case 'register_listing':
      return encoded('listings/register', registrationOf(instruction));
    case 'update_listing':
      return encoded('listings/update', {
        listingNo: instruction.listingNo,
        ...(instruction.amount === undefined ? {} : { amount: yuan(instruction.amount) }),
        ...(instruction.status === undefined ? {} : { status: instruction.status }),
        ...(instruction.borrower === undefined ? {} : { borrower: instruction.borrower }),
        ...(instruction.payeeAccountNos === undefined ? {} : { payees: instruction.payeeAccountNos }),
      });
    case 'apply_financing':
      return encoded('financings/apply', applicationOf(instruction));
    case 'move_credit_line':
      return encoded('credit-lines/move', moveOf(instruction));
  }
}

/** A yearly rate as the wire writes it: 57,500 millionths are `"0.057500"`. */
export function rateText(ppm: bigint): string {
  if (ppm < 0n) throw new Bug(`a rate of ${ppm} millionths`);
  return `${ppm / 1_000_000n}.${String(ppm % 1_000_000n).padStart(6, '0')}`;
}

type Doing<Name extends Instruction['do']> = Extract<Instruction, { readonly do: Name }>;

function encoded<Name extends ServiceName>(service: Name, body: ServiceBody<Name>): EncodedInstruction {
  return { service, body: JSON.stringify(body) };
}

function yuan(amount: Fen): string {
  if (!isPositive(amount)) throw new Bug(`an instruction to the bank over ${amount} fen`);
  return formatYuan(amount);
}

function moneyOf(instruction: Doing<'place_hold' | 'place_debit'>): ServiceBody<'holds/place'> {
  const { accountNo, listingNo, orderNo, amount } = instruction;
  return { accountNo, listingNo, orderNo, amount: yuan(amount) };
}

function batchOf({ kind, listingNo, items }: Doing<'submit_batch'>, { batchLimit }: EncodingLimits): ServiceBody<'batches/submit'> {
  if (items.length === 0 || items.length > batchLimit) throw new Bug(`a batch of ${items.length} items, the bank takes 1 to ${batchLimit}`);
  if (new Set(items.map((item) => item.itemNo)).size !== items.length) throw new Bug('a batch names one item twice');
  const total = formatYuan(sumFen(items.map((item) => item.amount)));
  return { kind, listingNo, count: items.length, total, items: items.map(itemOf) };
}

function itemOf({ itemNo, holdNo, from, to, amount, group }: BatchItem): ServiceBody<'batches/submit'>['items'][number] {
  return { itemNo, holdNo, from, to, amount: yuan(amount), group };
}

function transferOf({ kind, listingNo, from, to, amount, mandateNo, ref }: Doing<'transfer'>): ServiceBody<'transfers/submit'> {
  if (typeof to === 'string') return { kind, listingNo, from, to, amount: yuan(amount), mandateNo, ref };
  const toCorporate = { name: to.name, accountNo: to.accountNo, cnapsCode: to.cnapsCode };
  return { kind, listingNo, from, toCorporate, amount: yuan(amount), mandateNo, ref };
}

function registrationOf(instruction: Doing<'register_listing'>): ServiceBody<'listings/register'> {
  const { listingNo, amount, annualRatePpm, termDays, payeeAccountNos, guarantorAccountNo } = instruction;
  return {
    listingNo,
    amount: yuan(amount),
    annualRate: rateText(annualRatePpm),
    termDays,
    borrower: { customerNo: instruction.borrowerCustomerNo, name: instruction.borrowerName, accountNo: instruction.borrowerAccountNo },
    payees: payeeAccountNos,
    guarantor: guarantorAccountNo,
    status: 'COLLECTING',
  };
}

function applicationOf(instruction: Doing<'apply_financing'>): ServiceBody<'financings/apply'> {
  const { applicationNo, customerNo, kind, amount, termMonths, termDays, purpose, fields } = instruction;
  if ((termMonths === null) === (termDays === null)) throw new Bug(`application ${applicationNo} needs a term in months or in days`);
  const term = termMonths !== null ? { months: termMonths } : { days: termDays ?? 0 };
  return { applicationNo, customerNo, kind, amount: yuan(amount), term, purpose, fields };
}

function moveOf({ customerNo, moveNo, financingNo, refMoveNo, kind, amount }: Doing<'move_credit_line'>): ServiceBody<'credit-lines/move'> {
  return { customerNo, moveNo, financingNo, refMoveNo, kind, amount: yuan(amount) };
}
