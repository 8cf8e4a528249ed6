import type { z } from 'zod';
import { bankKeys } from './keys-of-bank';
import { machineKeys } from './keys-of-machine';
import { simulatorKeys } from './keys-of-simulator';
import { accessKeys } from './keys-of-access';

/** Every process that reads the environment. `migrate`, `verify` and `up` are commands of the command line. */
export const processNames = [
  'customer-api',
  'back-office-api',
  'worker',
  'reconciliation-worker',
  'bank-simulator',
  'migrate',
  'verify',
  'up',
] as const;

export type ProcessName = (typeof processNames)[number];

/** One key of the environment. */
export interface Key {
  readonly schema: z.ZodType<unknown, string>;
  readonly processes: readonly ProcessName[];
  readonly zh: string;
  readonly en: string;
  /** What the value must be, as the end of "set it to …". */
  readonly expects: string;
  /** Used when the key is not set. */
  readonly default?: string;
  /** Used when the key is not set and `SANDBOX=true`. */
  readonly sandboxDefault?: string;
  /** Processes for which it may be missing: their configuration then has undefined. */
  readonly optionalFor?: readonly ProcessName[];
  /** May be missing in the sandbox, where the process knows what to do without it; outside it is required. */
  readonly optionalInSandbox?: true;
  /** Outside the sandbox it has to begin with https://. */
  readonly tlsOutsideSandbox?: true;
  /** Never shown; may be given as a file with `KEY_FILE`; refused when weak outside the sandbox. */
  readonly secret?: true;
  /** May be given as a file with `KEY_FILE` although it is no secret. */
  readonly fromFile?: true;
}

/** Every key, in the order in which a wrong one is reported. */
export const keys = { ...machineKeys, ...bankKeys, ...accessKeys, ...simulatorKeys };

export type KeyName = keyof typeof keys;

/** Keys that a process reads, without those of its neighbours. */
export function keysOf(processName: ProcessName): readonly KeyName[] {
  return (Object.keys(keys) as KeyName[]).filter((name) => (keys[name] as Key).processes.includes(processName));
}

/** Those of its keys without which a process does not start, in the sandbox or elsewhere. */
export function requiredKeysOf(processName: ProcessName): readonly KeyName[] {
  return keysOf(processName).filter((name) => {
    const key: Key = keys[name];
    return key.default === undefined && key.optionalFor?.includes(processName) !== true;
  });
}
