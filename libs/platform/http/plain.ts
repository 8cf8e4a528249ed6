import { instant } from '#kernel/time';

/**
 * A row or a result of ours as JSON: names in camelCase, `bigint` as a safe integer, moments in +08:00. Amounts keep their unit in the name
 * (`amount_fen` → `amountFen`).
 */
export function plain(value: object): Record<string, unknown> {
  return convert(value) as Record<string, unknown>;
}

function convert(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return instant(value);
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [camelCase(name), convert(item)]));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
