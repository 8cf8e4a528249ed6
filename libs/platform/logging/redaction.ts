/** What stands in a log in place of a value that must not. */
const REDACTED = '***';

/** Names of fields that hold a secret, letters only and lower case: a name matches whatever its spelling (`api_key`, `API-Key`). */
const secrets = new Set(
  (
    'password passwd secret token accesstoken refreshtoken idtoken authorization cookie setcookie session sessionid sessionsecret ' +
    'clientsecret privatekey apikey signature xsignature codeverifier totp otp'
  ).split(' '),
);

/** Names of fields that hold personal data 个人信息. */
const personal = new Set(
  (
    'realname customername borrowername payername accountname legalname idnumber idno idcard mobile phone cardno cardnumber bankcard ' +
    'boundcard email address birthday'
  ).split(' '),
);

/** Depth and length to which facts are looked through; what lies deeper is not logged at all. */
const DEEPEST = 6;
const LONGEST = 50;

/** Resident ID number 身份证号, mainland mobile number 手机号, bank card number, wherever they stand inside of a text. */
const personalText = /(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9}|\d{16,19})(?!\d)/g;
const credentialInUrl = /(\w+:\/\/[^\s:/@]+:)[^\s@/]+@/g;

/** A copy of the facts of a log line without secrets and personal data. Never throws, whatever it is given. */
export function redact(facts: unknown): unknown {
  return copy(facts, 0, new Set());
}

function copy(value: unknown, depth: number, path: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth === DEEPEST || path.has(value)) return '…';
  path.add(value);
  const result = Array.isArray(value)
    ? value.slice(0, LONGEST).map((item) => copy(item, depth + 1, path))
    : value instanceof Error
      ? copyError(value, depth, path)
      : copyObject(value, depth, path);
  path.delete(value);
  return result;
}

function copyObject(value: object, depth: number, path: Set<object>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  // A bare `name` is a job's or a file's as a rule; beside other personal data it is a person's.
  const aboutPerson = Object.keys(value).some((name) => personal.has(plain(name)));
  for (const [name, item] of Object.entries(value)) {
    const word = plain(name);
    const hidden = secrets.has(word) || personal.has(word) || (word === 'name' && aboutPerson);
    result[name] = hidden && isContent(item) ? REDACTED : copy(item, depth + 1, path);
  }
  return result;
}

/** Statement parameters that a database driver hangs on its errors are left out: they are the values of rows. */
function copyError(error: Error, depth: number, path: Set<object>): Record<string, unknown> {
  const result: Record<string, unknown> = { type: error.name, message: redactText(error.message), stack: redactText(error.stack ?? '') };
  for (const name of ['code', 'constraint', 'details', 'table'] as const) {
    const item = (error as unknown as Record<string, unknown>)[name];
    if (item !== undefined) result[name] = copy(item, depth + 1, path);
  }
  if (error.cause !== undefined) result['cause'] = copy(error.cause, depth + 1, path);
  return result;
}

function plain(name: string): string {
  return name.replaceAll(/[^a-z]/gi, '').toLowerCase();
}

function isContent(item: unknown): boolean {
  return item !== null && item !== undefined && item !== '';
}

/** The same for text: ID, mobile and card numbers, and passwords inside of URLs. */
export function redactText(text: string): string {
  return text.replaceAll(personalText, REDACTED).replaceAll(credentialInUrl, `$1${REDACTED}@`);
}
