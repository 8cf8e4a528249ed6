import { hash } from 'node:crypto';

/** SHA-256, lower-case hex, of a JSON value in one canonical form: the order of an object's keys and blanks do not matter. */
export function bodyDigest(body: unknown): string {
  return hash('sha256', canonical(body), 'hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
