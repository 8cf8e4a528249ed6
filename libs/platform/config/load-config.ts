import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { Outage } from '#kernel/faults';
import { keys, keysOf } from './keys';
import type { Key, KeyName, ProcessName } from './keys';
import { weakness } from './values';

type KeysOf<Process extends ProcessName> = {
  [Name in KeyName]: Process extends (typeof keys)[Name]['processes'][number] ? Name : never;
}[KeyName];

/** The checked configuration of one process, under the names of the environment; optional keys may be undefined. */
export type Config<Process extends ProcessName> = {
  readonly [Name in KeysOf<Process>]: z.output<(typeof keys)[Name]['schema']> | Missing<Process, (typeof keys)[Name]>;
};

type Missing<Process extends ProcessName, K> = K extends { optionalInSandbox: true }
  ? undefined
  : K extends { optionalFor: readonly ProcessName[] }
    ? Process extends K['optionalFor'][number]
      ? undefined
      : never
    : never;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads what a process needs from the environment. A secret `KEY` may be given as the path of a file in `KEY_FILE`.
 * @throws Outage with one sentence that names the first wrong key, what is wrong with it and what to do; it never shows a value
 */
export function loadConfig<Process extends ProcessName>(processName: Process, env: Environment): Config<Process> {
  // `up` starts a sandbox, whatever stands around it.
  const sandbox = env['SANDBOX'] === 'true' || processName === 'up';
  const config: Record<string, unknown> = {};
  for (const name of keysOf(processName)) {
    const key: Key = keys[name];
    const refuse = (wrong: string): never => {
      throw new Outage(`${processName} does not start: ${name} ${wrong}, set it to ${key.expects}.`);
    };
    const given = valueOf(name, key, env, refuse) ?? (sandbox ? key.sandboxDefault : undefined) ?? key.default;
    const mayBeMissing = key.optionalFor?.includes(processName) === true || (sandbox && key.optionalInSandbox === true);
    if (given === undefined && !mayBeMissing) refuse('is missing');
    config[name] = given === undefined ? undefined : check(key, given, sandbox, refuse);
  }
  return config as Config<Process>;
}

/** The value itself or what stands in its file; an empty variable counts as not set, as compose files make them. */
function valueOf(name: string, key: Key, env: Environment, refuse: (wrong: string) => never): string | undefined {
  const direct = env[name];
  if (direct !== undefined && direct !== '') return direct;
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '' || (key.secret !== true && key.fromFile !== true)) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return refuse(`cannot be read from the file that ${name}_FILE names`);
  }
}

function check(key: Key, value: string, sandbox: boolean, refuse: (wrong: string) => never): unknown {
  const result = key.schema.safeParse(value);
  if (!result.success) return refuse(result.error.issues[0]?.message ?? 'is wrong');
  if (key.tlsOutsideSandbox === true && !sandbox && !value.startsWith('https://')) return refuse('does not begin with https://');
  if (key.secret === true && !sandbox) {
    const weak = value === key.sandboxDefault ? "is the sandbox's" : weakness(value);
    if (weak !== undefined) return refuse(weak);
  }
  return result.data;
}
