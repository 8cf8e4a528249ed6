import { Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { GroupCommitter } from '#platform/database';
import type { Tx, Work } from '#platform/database';
import { identityRefusals } from './identity.refusals';
import { ABSOLUTE_LIMIT, IDLE_LIMIT, TOUCH_AFTER } from './session-limits';
import { newToken, tokenDigest } from './tokens';

/** Who is calling, by a cookie. */
export interface CustomerSession {
  /** Digest of its token: names the session, and opens nothing. */
  readonly digest: string;
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
 * The sessions of tokens, for one api process: requests that arrive while a question is out are asked together in the next one, so that a rush costs one round trip
 * per batch and not per request. A session is idle for at most 30 minutes and 12 hours old; using it is noted about once a minute, so that an ordinary request writes
 * nothing. Nothing is remembered between two questions: who has logged out is out.
 */
export class CustomerSessions {
  private readonly asked: GroupCommitter<string, SessionRow | undefined>;

  constructor(work: Work) {
    this.asked = new GroupCommitter({
      key: () => 'sessions',
      commit: async (digests) => {
        const rows = await work.once<SessionRow>(FIND_AND_TOUCH, [digests, IDLE_LIMIT, TOUCH_AFTER]);
        const found = new Map(rows.map((row) => [row.token_digest, row]));
        return { results: digests.map((digest) => found.get(digest)) };
      },
    });
  }

  /** @throws Refusal SIGN_IN_REQUIRED when there is no session, it ended or it expired */
  async find(token: string | undefined): Promise<CustomerSession> {
    return sessionOf(token === undefined ? undefined : await this.asked.submit(tokenDigest(token)));
  }
}

/** Of these sessions, by their digests, those that still live. Asking is not using: a session that is only looked at grows idle. */
export async function livingCustomerSessions(tx: Tx, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ token_digest: string }>(
    `SELECT token_digest FROM customer_session WHERE token_digest = ANY ($1::text[]) AND ${LIVES}`,
    [digests, IDLE_LIMIT],
  );
  return new Set(rows.map((row) => row.token_digest));
}

/** Logs out, on the server: the token is worth nothing from now on. Ending what has ended changes nothing. */
export async function endCustomerSession(tx: Tx, token: string): Promise<void> {
  await tx.execute('UPDATE customer_session SET ended_at = clock_timestamp() WHERE token_digest = $1 AND ended_at IS NULL', [
    tokenDigest(token),
  ]);
}

/** `$2` is the longest that a session may be idle. */
const LIVES = 'ended_at IS NULL AND expires_at > clock_timestamp() AND seen_at > clock_timestamp() - $2::interval';

interface SessionRow {
  readonly token_digest: string;
  readonly customer_id: Uuid;
  readonly customer_no: string;
  readonly auth_time: Date;
  readonly expires_at: Date;
}

function sessionOf(row: SessionRow | undefined): CustomerSession {
  if (row === undefined) throw new Refusal(identityRefusals.SIGN_IN_REQUIRED);
  return {
    digest: row.token_digest,
    customerId: row.customer_id,
    customerNo: row.customer_no,
    authTime: row.auth_time,
    expiresAt: row.expires_at,
  };
}

// The notes are written in the order of the tokens, so that two processes that note the same sessions wait for each other in one order.
const FIND_AND_TOUCH = `
  WITH live AS (
    SELECT * FROM customer_session WHERE token_digest = ANY ($1::text[]) AND ${LIVES}
  ), stale AS MATERIALIZED (
    SELECT token_digest FROM customer_session WHERE token_digest IN (SELECT token_digest FROM live WHERE seen_at < clock_timestamp() - $3::interval)
    ORDER BY token_digest FOR NO KEY UPDATE SKIP LOCKED
  ), touched AS (
    UPDATE customer_session s SET seen_at = clock_timestamp() FROM stale WHERE s.token_digest = stale.token_digest
  )
  SELECT live.token_digest, live.customer_id, customer.customer_no, live.auth_time, live.expires_at FROM live JOIN customer ON customer.id = live.customer_id`;
