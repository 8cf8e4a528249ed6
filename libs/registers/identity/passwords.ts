import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Bug } from '#kernel/faults';

/** Cost, block size, parallelism (RFC 7914): 2^15 needs 32 MiB and about a tenth of a second. Older hashes carry their own. */
const COST = { N: 32_768, r: 8, p: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** `scrypt:N:r:p:salt:hash`, salt and hash in base64. Slow by intention: never call it inside a transaction. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join(':');
}

/** Whether the password belongs to a hash of ours. Takes as long for a wrong password as for the right one. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const { salt, hash, ...cost } = readHash(stored);
  return timingSafeEqual(await derive(password, salt, cost), hash);
}

/** Whether a text is a hash that `isPassword` can read. */
export function isPasswordHash(text: string): boolean {
  try {
    readHash(text);
    return true;
  } catch {
    return false;
  }
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function readHash(stored: string): Cost & { readonly salt: Buffer; readonly hash: Buffer } {
  const parts = /^scrypt:(\d{4,7}):(\d{1,2}):(\d):([A-Za-z0-9+/=]{22,}):([A-Za-z0-9+/=]{43,44})$/.exec(stored);
  const hash = Buffer.from(parts?.[5] ?? '', 'base64');
  if (parts === null || hash.length !== HASH_BYTES) throw new Bug('a stored password hash cannot be read');
  return { N: Number(parts[1]), r: Number(parts[2]), p: Number(parts[3]), salt: Buffer.from(parts[4]!, 'base64'), hash };
}

const scryptAsync = promisify<string, Buffer, number, object, Buffer>(scrypt);

function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return scryptAsync(password.normalize('NFC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r });
}
