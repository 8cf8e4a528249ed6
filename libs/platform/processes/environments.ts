import { keysOf } from '#platform/config';
import type { BusinessDate } from '#kernel/time';
import { processTable } from './process-table';
import type { AppName } from './process-table';
import type { SandboxSecrets } from './sandbox-secrets';
import type { PlatformDatabases } from './sandbox-database';

/** Everything that the processes of one sandbox must know of each other. */
export interface Surroundings {
  readonly databases: PlatformDatabases;
  readonly secrets: SandboxSecrets;
  readonly firstDay: BusinessDate;
  readonly port: number;
  readonly bankUrl: string;
  readonly redisUrl: string | undefined;
  readonly redisPrefix: string | undefined;
  /** Keys that the caller adds or replaces. */
  readonly more: Readonly<Record<string, string>>;
}

/** Of the surrounding system's environment only this reaches a process: everything else is in the schema. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** The environment of one process of a sandbox: the keys of its own schema, and none of its neighbours'. */
export function environmentOf(name: AppName, surroundings: Surroundings): Record<string, string> {
  const known: Readonly<Record<string, string | undefined>> = {
    ...keysOfSandbox(surroundings),
    BANK_RATE_SHARE: shareOf(name),
    ...surroundings.more,
  };
  const env: Record<string, string> = { TZ: 'UTC' };
  for (const key of INHERITED) setKey(env, key, process.env[key]);
  for (const key of keysOf(name)) setKey(env, key, known[key]);
  return env;
}

/** A sandbox has one copy of each process, with the whole part of the bank's rate that a deployment divides among its copies. */
function shareOf(name: AppName): string | undefined {
  return processTable.find((entry) => entry.name === name)?.bankShare?.toString();
}

function setKey(env: Record<string, string>, key: string, value: string | undefined): void {
  if (value !== undefined) env[key] = value;
}

function keysOfSandbox({
  databases,
  secrets,
  firstDay,
  port,
  bankUrl,
  redisUrl,
  redisPrefix,
}: Surroundings): Record<string, string | undefined> {
  return {
    SANDBOX: 'true',
    DATABASE_URL: databases.appUrl,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redisPrefix,
    CUSTOMER_API_PORT: String(port),
    BACK_OFFICE_API_PORT: String(port),
    BANK_URL: bankUrl,
    BANK_PLATFORM_NO: PLATFORM_NO,
    BANK_KEY_SERIAL: 'platform-1',
    PLATFORM_PRIVATE_KEY: secrets.platform.privateKey,
    BANK_PUBLIC_KEY: secrets.bank.publicKey,
    OIDC_ISSUER: `${bankUrl}/oidc`,
    OIDC_CLIENT_ID: CLIENT_ID,
    OIDC_CLIENT_SECRET: secrets.oidcClientSecret,
    PERSONAL_DATA_KEY: secrets.personalDataKey,
    SIMULATOR_DATABASE_URL: databases.bankUrl,
    SIMULATOR_PORT: String(port),
    SIMULATOR_PLATFORM_NO: PLATFORM_NO,
    SIMULATOR_PRIVATE_KEY: secrets.bank.privateKey,
    PLATFORM_PUBLIC_KEY: secrets.platform.publicKey,
    SIMULATOR_START_DATE: firstDay,
    SIMULATOR_OIDC_CLIENT_ID: CLIENT_ID,
    SIMULATOR_OIDC_CLIENT_SECRET: secrets.oidcClientSecret,
  };
}

const PLATFORM_NO = 'P0001';
const CLIENT_ID = 'rongqiao';
