import type { Bank } from '../bank';
import { numbered } from '../numbers';
import { tell } from '../notices/outbox';
import { escaped, html, problem, seeOther, type Reply } from './http';

/**
 * The bank's own pages, to which customers are sent: opening an account, signing a mandate. GET shows a form; POST, or GET with
 * `?auto=1` for scripts, finishes and leads back to where the customer came from. A page that was finished leads back again.
 */
export async function servePage(bank: Bank, method: string, url: URL): Promise<Reply> {
  const [, , page, ticket = ''] = url.pathname.split('/');
  const finishes = method === 'POST' || url.searchParams.get('auto') === '1';
  if (page === 'opening') return finishes ? finishOpening(bank, ticket) : showOpening(bank, ticket);
  if (page === 'mandate') return finishes ? finishMandate(bank, ticket) : showMandate(bank, ticket);
  return problem(404, 'NO_SUCH_PAGE', '没有此页面 there is no such page');
}

async function showOpening(bank: Bank, ticket: string): Promise<Reply> {
  const [row] = await bank.reading.rows<{ name: string }>(
    'select c.name from opening o join customer c using (customer_no) where o.ticket = $1',
    [ticket],
  );
  if (row === undefined) return problem(404, 'NO_SUCH_PAGE', '没有此页面 there is no such page');
  return form('开立电子账户 Open an e-account', `${escaped(row.name)}，请确认开户。Please confirm.`);
}

async function showMandate(bank: Bank, mandateNo: string): Promise<Reply> {
  const [row] = await bank.reading.rows<{ kind: string; until: string }>('select kind, until from mandate where mandate_no = $1', [
    mandateNo,
  ]);
  if (row === undefined) return problem(404, 'NO_SUCH_PAGE', '没有此页面 there is no such page');
  return form('签署授权 Sign a mandate', `${escaped(row.kind)}，有效期至 until ${row.until}`);
}

function form(title: string, sentence: string): Reply {
  return html(200, title, `<p>${sentence}</p><form method="post"><button type="submit">确认 Confirm</button></form>`);
}

function finishOpening(bank: Bank, ticket: string): Promise<Reply> {
  return bank.cashier.serve(async (tx): Promise<Reply> => {
    const [opening] = await tx.rows<{ customer_no: string; card_no: string; return_url: string; account_no: string | null; name: string }>(
      'select o.customer_no, o.card_no, o.return_url, o.account_no, c.name from opening o join customer c using (customer_no) where ticket = $1',
      [ticket],
    );
    if (opening === undefined) return problem(404, 'NO_SUCH_PAGE', '没有此页面 there is no such page');
    if (opening.account_no !== null) return seeOther(opening.return_url);
    const [live] = await tx.rows("select 1 from account where customer_no = $1 and kind = 'E' and status <> 'CLOSED'", [
      opening.customer_no,
    ]);
    if (live !== undefined) return problem(409, 'HAS_ACCOUNT', '已有电子账户 the customer has an e-account');
    const accountNo = numbered('62', await bank.people.next());
    await tx.rows("insert into account (account_no, kind, customer_no, name, status, bound_card) values ($1, 'E', $2, $3, 'ACTIVE', $4)", [
      accountNo,
      opening.customer_no,
      opening.name,
      opening.card_no,
    ]);
    await tx.rows("insert into position (account_no, listing_no, kind, total_fen, moved_on) values ($1, '', 'E', 0, $2)", [
      accountNo,
      bank.clock.openDay(),
    ]);
    await tx.rows('update opening set account_no = $2 where ticket = $1', [ticket, accountNo]);
    await tell(tx, bank, 'ACCOUNT_OPENED', { customerNo: opening.customer_no, accountNo });
    return seeOther(opening.return_url);
  });
}

interface SignedRow {
  readonly account_no: string | null;
  readonly kind: 'REPAY' | 'ADVANCE' | 'RETURN' | 'INVEST';
  readonly return_url: string;
}

function finishMandate(bank: Bank, mandateNo: string): Promise<Reply> {
  return bank.cashier.serve(async (tx): Promise<Reply> => {
    const [signed] = await tx.rows<SignedRow>(
      "update mandate set status = 'ACTIVE' where mandate_no = $1 and status = 'PENDING' returning account_no, kind, return_url",
      [mandateNo],
    );
    if (signed !== undefined) {
      await tell(tx, bank, 'MANDATE_CHANGED', { mandateNo, accountNo: signed.account_no, kind: signed.kind, status: 'ACTIVE' });
      return seeOther(signed.return_url);
    }
    const [known] = await tx.rows<SignedRow>('select account_no, kind, return_url from mandate where mandate_no = $1', [mandateNo]);
    return known === undefined ? problem(404, 'NO_SUCH_PAGE', '没有此页面 there is no such page') : seeOther(known.return_url);
  });
}
