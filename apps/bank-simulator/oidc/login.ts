import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { sha256Hex } from '#bank/wire';
import type { Bank } from '../bank';
import { html, readBody, type Reply } from '../counter/http';

const FORM_LIMIT = 4096;

/**
 * The login page: GET shows the form (customerNo, password), POST checks it and leads back to the provider, which leads back to the
 * platform. A plain digest is enough for a sandbox's passwords. `undefined` when the provider has answered itself.
 */
export async function serveLogin(
  bank: Bank,
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Reply | undefined> {
  await provider.interactionDetails(request, response);
  if (request.method === 'GET') return loginPage(200, '');
  if (request.method !== 'POST') return html(405, '方法不允许 Not with this method', '');
  const form = new URLSearchParams((await readBody(request, FORM_LIMIT))?.toString('utf8') ?? '');
  const customerNo = form.get('customerNo') ?? '';
  if (!(await isPassword(bank, customerNo, form.get('password') ?? ''))) {
    return loginPage(401, '客户号或密码不对 The customer number or the password is wrong.');
  }
  const result = { login: { accountId: customerNo, amr: ['pwd'] } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  return undefined;
}

async function isPassword(bank: Bank, customerNo: string, password: string): Promise<boolean> {
  const [customer] = await bank.reading.rows<{ password_sha256: string }>('select password_sha256 from customer where customer_no = $1', [
    customerNo,
  ]);
  const stored = customer?.password_sha256 ?? sha256Hex('nobody has this password');
  return timingSafeEqual(Buffer.from(stored), Buffer.from(sha256Hex(password))) && customer !== undefined;
}

function loginPage(status: number, sentence: string): Reply {
  return html(
    status,
    '手机银行登录 Bank login',
    `<p>${sentence}</p><form method="post">
<label>客户号 Customer number <input name="customerNo" autocomplete="username" required></label>
<label>密码 Password <input name="password" type="password" autocomplete="current-password" required></label>
<button type="submit">登录 Log in</button></form>`,
  );
}
