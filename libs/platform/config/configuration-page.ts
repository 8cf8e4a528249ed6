import { keys, processNames } from './keys';
import type { Key, KeyName } from './keys';

/** `docs/generated/configuration.md`: every key of the environment, from the one schema. */
export function configurationPage(): string {
  const rows = (Object.keys(keys) as KeyName[]).map((name) => row(name, keys[name]));
  return [
    '# Configuration 配置',
    '',
    'Generated from `libs/platform/config`; do not edit. Every process reads the environment only, checks it before anything else and',
    'refuses with one sentence. A key that may be given as a file is read from the path in `KEY_FILE` when `KEY` is not set.',
    '',
    '| key | 说明 | meaning | read by | without it | file |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `Processes: ${processNames.map((name) => `\`${name}\``).join(', ')}.`,
    '',
  ].join('\n');
}

function row(name: string, key: Key): string {
  const cells = [
    `\`${name}\``,
    key.zh,
    key.en,
    key.processes.join(', '),
    withoutIt(key),
    key.secret === true || key.fromFile === true ? 'yes' : '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function withoutIt(key: Key): string {
  const { optionalFor = [] } = key;
  if (key.optionalInSandbox === true) return 'refused; may be missing in the sandbox';
  if (optionalFor.length === key.processes.length) return 'may be missing';
  if (optionalFor.length > 0) return `refused; may be missing for ${optionalFor.join(', ')}`;
  const outside = key.default === undefined ? 'refused' : `\`${key.default}\``;
  if (key.sandboxDefault === undefined) return outside;
  return `${outside}; in the sandbox ${key.secret === true ? 'a known value' : `\`${key.sandboxDefault}\``}`;
}
