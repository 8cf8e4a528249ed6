import { Outage } from '#kernel/faults';

/** Where the bank's provider sends a customer back to after the login, below the customer API's address. */
export const LOGIN_CALLBACK_PATH = '/login/callback';
/** Where the bank's notices go, below the customer API's address. */
export const NOTICE_PATH = '/bank/notices';

/**
 * Tells the simulated bank where the platform is, which is known only after both have their ports. A real bank is told by
 * letter.
 */
export async function introduce(bankUrl: string, customerApiUrl: string): Promise<void> {
  const response = await fetch(`${bankUrl}/sandbox/platform`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ noticeUrl: `${customerApiUrl}${NOTICE_PATH}`, redirectUris: [`${customerApiUrl}${LOGIN_CALLBACK_PATH}`] }),
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new Outage('the simulated bank does not answer at /sandbox/platform', { cause: error });
  });
  if (!response.ok) throw new Outage(`the simulated bank refuses the platform's address (${response.status}): ${await response.text()}`);
}
