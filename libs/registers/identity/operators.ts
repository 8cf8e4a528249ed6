import { z } from 'zod';
import { Outage, Refusal } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Tx, Work } from '#platform/database';
import { identityRefusals } from './identity.refusals';
import { hashPassword, isPassword, isPasswordHash } from './passwords';
import * as rows from './persistence/operator.repository';
import { OPERATOR_ROLES, type OperatorRole } from './persistence/operator.row';
import { ABSOLUTE_LIMIT, IDLE_LIMIT, TOUCH_AFTER } from './session-limits';
import { newToken, tokenDigest } from './tokens';

export interface Operator {
  readonly id: Uuid;
  readonly login: string;
  readonly roles: readonly OperatorRole[];
}

/** Failures after which an account rests, and for how long. */
const FAILURES = 5;
const LOCKED_FOR = '15 minutes';

/** How an attempt to sign in ended, for the audit log. A name that nobody has is not repeated: it may be a password in the wrong field. */
export type SignInEnd =
  | { readonly opened: true; readonly login: string }
  | { readonly opened: false; readonly login: string | undefined; readonly why: 'unknown name' | 'wrong password' | 'locked' | 'disabled' };

/**
 * Lets an operator in. Each attempt counts as failed before the password is looked at and is only taken back when it was right, so that a thousand guesses
 * at once are still five. Whether the name, the password or the lock was the reason is not told.
 * @param record writes down the end: of a session that is opened in the same transaction
 * @throws Refusal OPERATOR_SIGN_IN_REFUSED
 */
export async function signInOperator(
  work: Work,
  { login, password }: { login: string; password: string },
  record: (tx: Tx, end: SignInEnd) => Promise<void>,
): Promise<{ token: string; operator: Operator }> {
  const attempt = await work.run((tx) => countAttempt(tx, login));
  // An unknown name costs the same time as a known one.
  const right = await isPassword(password, attempt?.password_hash ?? (await nobodysHash()));
  if (attempt === undefined || !right) {
    await work.run(async (tx) =>
      record(tx, attempt === undefined ? await untried(tx, login) : { opened: false, login, why: 'wrong password' }),
    );
    throw new Refusal(identityRefusals.OPERATOR_SIGN_IN_REFUSED);
  }
  const { id, roles } = attempt;
  const token = newToken();
  await work.run(async (tx) => {
    await tx.execute('UPDATE operator SET failed_count = 0, locked_until = NULL, changed_at = clock_timestamp() WHERE id = $1', [id]);
    await tx.execute(
      'INSERT INTO operator_session (token_digest, operator_id, expires_at) VALUES ($1, $2, clock_timestamp() + $3::interval)',
      [tokenDigest(token), id, ABSOLUTE_LIMIT],
    );
    await record(tx, { opened: true, login });
  });
  return { token, operator: { id, login, roles } };
}

/**
 * The operator of a session, idle for at most 30 minutes and 12 hours old, with the roles that he has now.
 * @throws Refusal SIGN_IN_REQUIRED when there is no such session, it ended or expired, or the operator was disabled
 */
export async function operatorSession(tx: Tx, token: string | undefined): Promise<Operator> {
  const [operator] = token === undefined ? [] : await findAndTouch(tx, token);
  if (operator === undefined) throw new Refusal(identityRefusals.SIGN_IN_REQUIRED);
  return operator;
}

/** Logs out, on the server. */
export async function endOperatorSession(tx: Tx, token: string): Promise<void> {
  await tx.execute('UPDATE operator_session SET ended_at = clock_timestamp() WHERE token_digest = $1 AND ended_at IS NULL', [
    tokenDigest(token),
  ]);
}

/**
 * The first operators of a back office, from configuration: `[{ "name", "roles", "passwordHash" | "password" }]`. Those who exist are left alone, also their
 * passwords.
 * @returns the names that were added
 * @throws Outage with one sentence when the text is not such a list
 */
export async function bootstrapOperators(work: Work, text: string): Promise<readonly string[]> {
  const wanted = readBootstrap(text);
  const known = new Set((await work.read((tx) => rows.list(tx))).map(({ login }) => login));
  const added: Parameters<typeof rows.addNew>[1][number][] = [];
  for (const { name, roles, passwordHash, password } of wanted) {
    if (known.has(name)) continue;
    added.push({ login: name, roles, password_hash: passwordHash ?? (await hashPassword(password ?? '')) });
  }
  return work.run((tx) => rows.addNew(tx, added));
}

const bootstrapShape = z
  .array(
    z
      .strictObject({
        name: z.string().regex(/^[a-z][a-z0-9._-]{1,39}$/),
        roles: z.array(z.enum(OPERATOR_ROLES)).min(1),
        passwordHash: z.string().refine(isPasswordHash).optional(),
        password: z.string().min(12).max(200).optional(),
      })
      .refine((operator) => (operator.passwordHash === undefined) !== (operator.password === undefined)),
  )
  .max(100);

function readBootstrap(text: string): z.output<typeof bootstrapShape> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = bootstrapShape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Outage(
    'BOOTSTRAP_OPERATORS is not a JSON list of {name, roles, passwordHash or password}: names are 2 to 40 of a-z 0-9 . _ -, passwords have 12 characters or ' +
      `more, roles are ${OPERATOR_ROLES.join(', ')}.`,
  );
}

interface CountedAttempt {
  readonly id: Uuid;
  readonly password_hash: string;
  readonly roles: OperatorRole[];
}

/** Counts an attempt against an account that may be tried; `undefined` when there is none. A lock that has passed starts a new count. */
async function countAttempt(tx: Tx, login: string): Promise<CountedAttempt | undefined> {
  const [attempt] = await tx.query<CountedAttempt>(
    `UPDATE operator AS known
        SET failed_count = tried.count, locked_until = CASE WHEN tried.count >= $2 THEN clock_timestamp() + $3::interval END, changed_at = clock_timestamp()
       FROM (SELECT id, CASE WHEN locked_until IS NULL THEN failed_count ELSE 0 END + 1 AS count FROM operator
              WHERE login = $1 AND NOT disabled AND (locked_until IS NULL OR locked_until <= clock_timestamp()) FOR NO KEY UPDATE) AS tried
      WHERE known.id = tried.id RETURNING known.id, known.password_hash, known.roles`,
    [login, FAILURES, LOCKED_FOR],
  );
  return attempt;
}

/** Why an attempt was not even tried. */
async function untried(tx: Tx, login: string): Promise<SignInEnd> {
  const [known] = await tx.query<{ disabled: boolean }>('SELECT disabled FROM operator WHERE login = $1', [login]);
  if (known === undefined) return { opened: false, login: undefined, why: 'unknown name' };
  return { opened: false, login, why: known.disabled ? 'disabled' : 'locked' };
}

function findAndTouch(tx: Tx, token: string): Promise<Operator[]> {
  return tx.query<Operator>(
    `WITH live AS (
       SELECT * FROM operator_session
        WHERE token_digest = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() AND seen_at > clock_timestamp() - $2::interval),
     touched AS (
       UPDATE operator_session SET seen_at = clock_timestamp()
        WHERE token_digest = (SELECT token_digest FROM live WHERE seen_at < clock_timestamp() - $3::interval))
     SELECT operator.id, operator.login, operator.roles FROM live JOIN operator ON operator.id = live.operator_id AND NOT operator.disabled`,
    [tokenDigest(token), IDLE_LIMIT, TOUCH_AFTER],
  );
}

let nobody: Promise<string> | undefined;

/** A hash that no password is known for. */
function nobodysHash(): Promise<string> {
  nobody ??= hashPassword(newToken());
  return nobody;
}
