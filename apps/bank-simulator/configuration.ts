import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { businessDate, isBusinessDate, type BusinessDate } from '#kernel/time';

/** Everything a simulator needs to know before it starts. */
export interface SimulatorOptions {
  readonly databaseUrl: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Address of this machine on which it listens; 127.0.0.1 by default. */
  readonly listenAddress?: string;
  /** Where others reach it: stands in the addresses of its pages and in its issuer. By default where it listens. */
  readonly publicUrl?: string;
  readonly platformNo: string;
  /** The bank's own key, PEM. */
  readonly privateKeyPem: string;
  /** The platform's public key, PEM. */
  readonly platformPublicKeyPem: string;
  /** Where notices go; may be told later at `/sandbox/platform`. Until then notices wait. */
  readonly platformNoticeUrl?: string;
  /** The sandbox clock's first day. */
  readonly startDate: BusinessDate;
  readonly timestampToleranceSeconds: number;
  readonly settleWindowSeconds: number;
  /** Real time after which HVPS and BEPS decide by themselves; an advance of the clock decides sooner. */
  readonly transferDelayMs: number;
  readonly requestsPerSecond: number;
  readonly oidc: { readonly clientId: string; readonly clientSecret: string; readonly redirectUris: readonly string[] };
}

export type Configured =
  { readonly ok: true; readonly options: SimulatorOptions } | { readonly ok: false; readonly sentences: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** Longest time that the bank needs for a request once it has it. The settle window must leave room for it. */
const PROCESSING_LIMIT_SECONDS = 0.5;

/** Reads the environment. Everything that is wrong is said at once, each in a sentence that says what to do. */
export function readConfiguration(environment: Environment): Configured {
  const sentences: string[] = [];
  const text = (name: string, why: string): string => {
    const value = given(environment, name, sentences) ?? '';
    if (value === '') sentences.push(`Set ${name}: ${why}.`);
    return value;
  };
  const number = (name: string, fallback: number): number => {
    const value = environment[name] === undefined || environment[name] === '' ? fallback : Number(environment[name]);
    if (Number.isFinite(value) && value >= 0) return value;
    sentences.push(`${name} must be a number from 0 up, not "${environment[name]}".`);
    return fallback;
  };
  const startDate = environment['SIMULATOR_START_DATE'] || '2022-09-01';
  if (!isBusinessDate(startDate)) sentences.push(`SIMULATOR_START_DATE must be a day like 2022-09-01, not "${startDate}".`);
  const options: SimulatorOptions = {
    databaseUrl: text(
      'SIMULATOR_DATABASE_URL',
      'the simulator keeps its books in a PostgreSQL database of its own, postgres://role:password@host:port/name',
    ),
    port: number('SIMULATOR_PORT', 0),
    listenAddress: environment['SIMULATOR_LISTEN_ADDRESS'] || undefined,
    publicUrl: environment['SIMULATOR_PUBLIC_URL'] || undefined,
    platformNo: text('SIMULATOR_PLATFORM_NO', 'the number under which the bank knows the platform'),
    privateKeyPem: pem(text('SIMULATOR_PRIVATE_KEY', "the bank's RSA private key in PEM, with which it signs")),
    platformPublicKeyPem: pem(text('PLATFORM_PUBLIC_KEY', "the platform's RSA public key in PEM, with which its requests are checked")),
    platformNoticeUrl: environment['PLATFORM_NOTICE_URL'] || undefined,
    startDate: isBusinessDate(startDate) ? startDate : businessDate('2022-09-01'),
    timestampToleranceSeconds: number('SIMULATOR_TIMESTAMP_TOLERANCE_SECONDS', 2),
    settleWindowSeconds: number('SIMULATOR_SETTLE_WINDOW_SECONDS', 3),
    transferDelayMs: number('SIMULATOR_TRANSFER_DELAY_MS', 300),
    requestsPerSecond: number('SIMULATOR_REQUESTS_PER_SECOND', 1000),
    oidc: {
      clientId: environment['SIMULATOR_OIDC_CLIENT_ID'] || 'rongqiao',
      clientSecret: given(environment, 'SIMULATOR_OIDC_CLIENT_SECRET', sentences) ?? 'sandbox-client-secret-of-rongqiao',
      redirectUris: (environment['SIMULATOR_OIDC_REDIRECT_URIS'] ?? '').split(',').filter((uri) => uri !== ''),
    },
  };
  sentences.push(...refusals(options));
  return sentences.length > 0 ? { ok: false, sentences } : { ok: true, options };
}

/** What is wrong with options that are complete: keys that cannot be read, windows that contradict each other. */
export function refusals(options: SimulatorOptions): string[] {
  const sentences: string[] = [];
  if (options.privateKeyPem !== '' && !reads(() => createPrivateKey(options.privateKeyPem))) {
    sentences.push('SIMULATOR_PRIVATE_KEY is not a private key in PEM.');
  }
  if (options.platformPublicKeyPem !== '' && !reads(() => createPublicKey(options.platformPublicKeyPem))) {
    sentences.push('PLATFORM_PUBLIC_KEY is not a public key in PEM.');
  }
  if (options.settleWindowSeconds < options.timestampToleranceSeconds + PROCESSING_LIMIT_SECONDS) {
    const least = options.timestampToleranceSeconds + PROCESSING_LIMIT_SECONDS;
    sentences.push(`SIMULATOR_SETTLE_WINDOW_SECONDS must be at least ${least}: the timestamp tolerance and the time the bank needs.`);
  }
  if (options.platformNo !== '' && !/^[A-Za-z0-9-]{1,32}$/.test(options.platformNo)) {
    sentences.push('SIMULATOR_PLATFORM_NO must be 1 to 32 letters, digits and hyphens.');
  }
  return sentences;
}

/** A value, or the content of the file that `NAME_FILE` names: keys and secrets need not stand in an environment. */
function given(environment: Environment, name: string, sentences: string[]): string | undefined {
  const value = environment[name]?.trim();
  if (value !== undefined && value !== '') return value;
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    sentences.push(`${name} cannot be read from the file that ${name}_FILE names.`);
    return undefined;
  }
}

/** A PEM in one line of an environment file carries `\n` as two characters. */
function pem(text: string): string {
  return text.replaceAll('\\n', '\n');
}

function reads(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
