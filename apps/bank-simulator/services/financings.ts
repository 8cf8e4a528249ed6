import { z } from 'zod';
import { addFen, fen, formatYuan, subtractFen, ZERO, type Fen } from '#kernel/money';
import type { FinancingTerms } from '#bank/wire';
import { failed, pending, succeeded } from '../answers';
import type { Bank } from '../bank';
import type { Tx } from '../database/cashier';
import { tell } from '../notices/outbox';
import { numbered } from '../numbers';
import { decideRequest } from '../requests';
import { findCreditLine, moveLine } from './credit-lines';
import { acting } from './service';
import { amount, fields, number, term, text } from './shapes';

const shape = z.strictObject({
  applicationNo: number,
  customerNo: number,
  kind: text.min(1),
  amount,
  term,
  purpose: text,
  fields,
});

/** How long the credit system thinks about an application, real time. */
const THINKING_MS = 20;

/** An application goes to the credit system 授信系统; its answer comes by notices. */
export const financingsApply = acting('financings/apply', shape, async ({ tx, bank, requestNo }, body) => {
  const [customer] = await tx.rows('select 1 from customer where customer_no = $1', [body.customerNo]);
  if (customer === undefined) return failed('ACCOUNT_NOT_FOUND', bank.clock.now());
  const [twin] = await tx.rows('select 1 from financing where application_no = $1', [body.applicationNo]);
  if (twin !== undefined) return failed('LIMIT_EXCEEDED', bank.clock.now());
  const subject = { ...body, amount: body.amount.toString(), requestNo };
  await bank.agenda.note(tx, { kind: 'DECIDE_FINANCING', subject, inMs: THINKING_MS });
  return pending('ACCEPTED', { applicationNo: body.applicationNo });
});

type Application = Omit<z.output<typeof shape>, 'amount'> & { readonly amount: string; readonly requestNo: string };

/** The sandbox's rule of credit: approved in full when the line has that much, otherwise declined. */
export async function decideFinancing(tx: Tx, bank: Bank, application: Application): Promise<void> {
  const { applicationNo, customerNo, requestNo, kind, term: asked, purpose } = application;
  const wanted = fen(application.amount);
  const line = await findCreditLine(tx, customerNo);
  const available = line === undefined ? ZERO : subtractFen(line.limit, addFen(line.used, line.frozen));
  const common = { applicationNo, amount: formatYuan(wanted), limit: formatYuan(line?.limit ?? ZERO) };
  if (line === undefined || available < wanted) {
    await decideRequest(tx, requestNo, failed('CREDIT_LINE_EXCEEDED', bank.clock.now()));
    const reason = line === undefined ? '无授信额度 no credit line' : '授信额度不足 the credit line does not have that much';
    return tell(tx, bank, 'CREDIT_DECIDED', { ...common, decision: 'DECLINED', freezeMoveNo: null, reason });
  }
  const freezeMoveNo = numbered('FM', await bank.numbers.next());
  const terms: FinancingTerms = { kind, amount: formatYuan(wanted), term: asked, purpose, fields: application.fields };
  const financingNo = await keepFinancing(tx, bank, { applicationNo, requestNo, customerNo, terms });
  const move = { customerNo, moveNo: freezeMoveNo, financingNo, refMoveNo: '', kind: 'FREEZE', amount: wanted, requestNo } as const;
  const { serial } = await moveLine(tx, bank, line, move);
  await decideRequest(tx, requestNo, succeeded({ applicationNo, financingNo, freezeMoveNo }, bank.clock.now(), serial));
  await tell(tx, bank, 'CREDIT_DECIDED', { ...common, decision: 'APPROVED', freezeMoveNo, reason: '' });
  await tell(tx, bank, 'FINANCING_SUBMITTED', { financingNo, applicationNo, customerNo, terms });
}

/** A financing that the bank's offline business or a third party brought: pushed without an application of the platform. */
export async function submitOffline(tx: Tx, bank: Bank, customerNo: string, terms: FinancingTerms): Promise<string> {
  const financingNo = await keepFinancing(tx, bank, { applicationNo: null, requestNo: null, customerNo, terms });
  await tell(tx, bank, 'FINANCING_SUBMITTED', { financingNo, customerNo, terms });
  return financingNo;
}

async function keepFinancing(
  tx: Tx,
  bank: Bank,
  financing: { applicationNo: string | null; requestNo: string | null; customerNo: string; terms: FinancingTerms },
): Promise<string> {
  const financingNo = numbered('FN', await bank.numbers.next());
  await tx.rows('insert into financing (financing_no, application_no, request_no, customer_no, terms) values ($1, $2, $3, $4, $5)', [
    financingNo,
    financing.applicationNo,
    financing.requestNo,
    financing.customerNo,
    JSON.stringify(financing.terms),
  ]);
  return financingNo;
}

/** Sets a customer's limit; never below what is used and frozen. */
export async function setCreditLimit(tx: Tx, customerNo: string, limit: Fen): Promise<boolean> {
  const changed = await tx.rows(
    `insert into credit_line (customer_no, limit_fen) values ($1, $2)
     on conflict (customer_no) do update set limit_fen = excluded.limit_fen
       where credit_line.used_fen + credit_line.frozen_fen <= excluded.limit_fen
     returning 1`,
    [customerNo, limit],
  );
  return changed.length === 1;
}
