import { Refusal } from '#kernel/faults';
import { wallClock } from '#platform/clock';
import type { Tx } from '#platform/database';
import { defineJob } from '#platform/queue';
import { identityRefusals } from './identity.refusals';
import { tokenDigest } from './tokens';

/** What ties the bank's answer to the question: made by `SignOn.begin`, kept on the server until the browser comes back. */
export interface LoginSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Time for a customer to prove to the bank who he is. */
const ATTEMPT_LIMIT = '10 minutes';

/** Keeps an attempt. @param browserToken a random cookie of the browser that started: another browser cannot finish it */
export async function keepLoginAttempt(tx: Tx, attempt: LoginSecrets, browserToken: string): Promise<void> {
  await tx.execute(
    `INSERT INTO login_attempt (state, nonce, code_verifier, browser_digest, expires_at) VALUES ($1, $2, $3, $4, clock_timestamp() + $5::interval)`,
    [attempt.state, attempt.nonce, attempt.codeVerifier, tokenDigest(browserToken), ATTEMPT_LIMIT],
  );
}

/**
 * Takes an attempt for its one use.
 * @throws Refusal SIGN_IN_EXPIRED when it is unknown, used, too old, or was started in another browser
 */
export async function takeLoginAttempt(tx: Tx, state: string, browserToken: string): Promise<LoginSecrets> {
  const [attempt] = await tx.query<{ nonce: string; code_verifier: string }>(
    `UPDATE login_attempt SET used_at = clock_timestamp()
      WHERE state = $1 AND browser_digest = $2 AND used_at IS NULL AND expires_at > clock_timestamp()
     RETURNING nonce, code_verifier`,
    [state, tokenDigest(browserToken)],
  );
  if (attempt === undefined) throw new Refusal(identityRefusals.SIGN_IN_EXPIRED);
  return { state, nonce: attempt.nonce, codeVerifier: attempt.code_verifier };
}

/** Rows that one transaction of forgetting takes. Anybody can begin attempts, so there may be many. */
const PORTION = 10_000;

/** Whether there is anything to forget. */
export async function isAnyAttemptOver(tx: Tx): Promise<boolean> {
  const [attempts] = await tx.query<{ over: boolean }>(
    'SELECT EXISTS (SELECT FROM login_attempt WHERE expires_at <= clock_timestamp()) AS over',
  );
  return attempts!.over;
}

/** Forgets the attempts that have expired, finished or not, a portion after the other; started by the timetable. */
export const forgetAttemptsJob = defineJob({
  name: 'identity.forget-attempts',
  lane: 'reports',
  limit: { rings: 50 },
  run: async (call) => {
    await call.work.run(async (tx) => {
      const gone = await tx.execute(
        `DELETE FROM login_attempt WHERE state IN (
           SELECT state FROM login_attempt WHERE expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
        [PORTION],
      );
      await (gone < PORTION ? call.done(tx) : call.again(tx, wallClock.now()));
    });
  },
});
