import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { identityRefusals } from './identity.refusals';
import { ABSOLUTE_LIMIT, IDLE_LIMIT, TOUCH_AFTER } from './session-limits';
import { newToken, tokenDigest } from './tokens';

/** Who is calling, by a cookie. */
export interface CustomerSession {
  readonly customerId: Uuid;
  readonly customerNo: string;
  /** When the customer last proved to the bank who he is; sums above a limit ask for a fresh one. */
  readonly authTime: Date;
  readonly expiresAt: Date;
}

/** Opens a session. @returns the token for the cookie, which cannot be had again */
export async function openCustomerSession(
  tx: Tx,
  { customerId, authTime }: { customerId: Uuid; authTime: Date },
): Promise<{ token: string }> {
  const token = newToken();
  await tx.execute(
    `INSERT INTO customer_session (token_digest, customer_id, auth_time, expires_at) VALUES ($1, $2, $3, clock_timestamp() + $4::interval)`,
    [tokenDigest(token), customerId, authTime, ABSOLUTE_LIMIT],
  );
  return { token };
}

/**
 * The session of a token, idle for at most 30 minutes and 12 hours old. Using it is noted about once a minute, so that an ordinary request writes nothing.
 * @throws Refusal SIGN_IN_REQUIRED when there is none, it ended or it expired
 */
export async function customerSession(tx: Tx, token: string | undefined): Promise<CustomerSession> {
  const [session] = token === undefined ? [] : await findAndTouch(tx, token);
  if (session === undefined) throw new Refusal(identityRefusals.SIGN_IN_REQUIRED);
  return { customerId: session.customer_id, customerNo: session.customer_no, authTime: session.auth_time, expiresAt: session.expires_at };
}

/** Logs out, on the server: the token is worth nothing from now on. Ending what has ended changes nothing. */
export async function endCustomerSession(tx: Tx, token: string): Promise<void> {
  await tx.execute('UPDATE customer_session SET ended_at = clock_timestamp() WHERE token_digest = $1 AND ended_at IS NULL', [
    tokenDigest(token),
  ]);
}

interface SessionRow {
  readonly customer_id: Uuid;
  readonly customer_no: string;
  readonly auth_time: Date;
  readonly expires_at: Date;
}

function findAndTouch(tx: Tx, token: string): Promise<SessionRow[]> {
  return tx.query<SessionRow>(
    `WITH live AS (
       SELECT * FROM customer_session
        WHERE token_digest = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() AND seen_at > clock_timestamp() - $2::interval),
     touched AS (
       UPDATE customer_session SET seen_at = clock_timestamp()
        WHERE token_digest = (SELECT token_digest FROM live WHERE seen_at < clock_timestamp() - $3::interval))
     SELECT live.customer_id, customer.customer_no, live.auth_time, live.expires_at FROM live JOIN customer ON customer.id = live.customer_id`,
    [tokenDigest(token), IDLE_LIMIT, TOUCH_AFTER],
  );
}
