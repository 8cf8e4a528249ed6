import { hash, randomBytes } from 'node:crypto';

/** A secret for a cookie: 256 random bits in base64url. It is stored nowhere; only its digest is. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Lower-case hex SHA-256 of a token, as it stands in the database. A token is random, so that it needs no salt. */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'hex');
}
