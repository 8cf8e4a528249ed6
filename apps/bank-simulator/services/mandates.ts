import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { formatYuan, type Fen } from '#kernel/money';
import type { MandateData, MandateKind, MandateStatus } from '#bank/wire';
import { failed, succeeded } from '../answers';
import type { Session } from '../database/connection';
import { numbered } from '../numbers';
import { acting, reading } from './service';
import { amount, corporate, date, number, url } from './shapes';

const kind = z.enum(['REPAY', 'ADVANCE', 'RETURN', 'INVEST']);

/** Gives the account's owner a page on which he signs by what right his account is charged. */
export const mandatesSign = acting(
  'mandates/sign',
  z
    .strictObject({
      accountNo: number.optional(),
      corporate: corporate.optional(),
      kind,
      maxAmount: amount,
      until: date,
      returnUrl: url,
    })
    .refine((value) => (value.accountNo === undefined) !== (value.corporate === undefined), 'needs either accountNo or corporate'),
  async ({ tx, bank }, body) => {
    const moment = bank.clock.now();
    if (body.accountNo !== undefined) {
      const [account] = await tx.rows<{ status: string }>("select status from account where account_no = $1 and kind in ('E', 'I')", [
        body.accountNo,
      ]);
      if (account === undefined) return failed('ACCOUNT_NOT_FOUND', moment);
      if (account.status === 'CLOSED') return failed('ACCOUNT_CLOSED', moment);
    }
    const mandateNo = `${numbered('M', await bank.numbers.next())}-${randomBytes(6).toString('hex')}`;
    await tx.rows(
      `insert into mandate (mandate_no, account_no, corporate, kind, max_fen, until, status, return_url)
       values ($1, $2, $3, $4, $5, $6, 'PENDING', $7)`,
      [mandateNo, body.accountNo ?? null, JSON.stringify(body.corporate ?? null), body.kind, body.maxAmount, body.until, body.returnUrl],
    );
    return succeeded({ mandateNo, url: `${bank.url()}/pages/mandate/${mandateNo}` }, moment);
  },
);

interface MandateRow {
  readonly mandate_no: string;
  readonly account_no: string | null;
  readonly kind: MandateKind;
  readonly max_fen: Fen;
  readonly until: string;
  readonly status: 'PENDING' | 'ACTIVE' | 'REVOKED';
}

/** A mandate by its number, or the latest of an account and kind; `NONE` when there is none. */
export const mandatesQuery = reading(
  'mandates/query',
  z.union([z.strictObject({ mandateNo: number }), z.strictObject({ accountNo: number, kind })]),
  async (session, bank, body) => {
    const moment = bank.clock.now();
    const row = 'mandateNo' in body ? await byNumber(session, body.mandateNo) : await latest(session, body.accountNo, body.kind);
    if (row === undefined) {
      const none: MandateData = { mandateNo: null, accountNo: null, kind: null, status: 'NONE', maxAmount: null, until: null };
      return succeeded(none, moment);
    }
    const status: MandateStatus = row.status === 'ACTIVE' && row.until < moment.date ? 'EXPIRED' : row.status;
    const { mandate_no: mandateNo, account_no: accountNo, until } = row;
    const data: MandateData = { mandateNo, accountNo, kind: row.kind, status, maxAmount: formatYuan(row.max_fen), until };
    return succeeded(data, moment);
  },
);

/** Why an account may not be charged so much by a mandate of this kind today; `undefined` when it may. */
export async function mandateBar(
  session: Session,
  charge: { accountNo: string; kind: MandateKind; mandateNo: string | undefined; amount: Fen; date: string },
): Promise<'MANDATE_MISSING' | 'MANDATE_LIMIT' | undefined> {
  const row =
    charge.mandateNo === undefined ? await latest(session, charge.accountNo, charge.kind) : await byNumber(session, charge.mandateNo);
  if (row === undefined || row.account_no !== charge.accountNo || row.kind !== charge.kind || row.status !== 'ACTIVE')
    return 'MANDATE_MISSING';
  return charge.amount > row.max_fen || charge.date > row.until ? 'MANDATE_LIMIT' : undefined;
}

const COLUMNS = 'mandate_no, account_no, kind, max_fen, until, status';

async function byNumber(session: Session, mandateNo: string): Promise<MandateRow | undefined> {
  const [row] = await session.rows<MandateRow>(`select ${COLUMNS} from mandate where mandate_no = $1`, [mandateNo]);
  return row;
}

async function latest(session: Session, accountNo: string, wanted: MandateKind): Promise<MandateRow | undefined> {
  const [row] = await session.rows<MandateRow>(
    `select ${COLUMNS} from mandate where account_no = $1 and kind = $2 order by (status = 'ACTIVE') desc, mandate_no desc limit 1`,
    [accountNo, wanted],
  );
  return row;
}
