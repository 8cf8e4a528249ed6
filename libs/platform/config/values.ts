import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { isBusinessDate } from '#kernel/time';
import type { BusinessDate } from '#kernel/time';

/** One key for personal data at rest: the first of the list encrypts, all of them decrypt. */
export interface PersonalDataKey {
  /** Stands beside every ciphertext, so that keys can be changed one after the other. */
  readonly id: string;
  /** 32 bytes, AES-256. */
  readonly key: Buffer;
}

/** A message of these schemas says what is wrong with the value, as the end of "KEY …"; it never repeats the value. */
export const text = z.string().min(1, 'is empty');

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'is not a port number');

export const yesOrNo = z.enum(['true', 'false'], 'is neither true nor false').transform((word) => word === 'true');

export const day = z.custom<BusinessDate>(isBusinessDate, 'is not an existing date written YYYY-MM-DD');

/** An amount above zero in fen. */
export const amountFen = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'is not an amount in fen')
  .transform(BigInt);

export function count(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .refine((number) => number >= least && number <= most, `is not between ${least} and ${most}`);
}

export function url(...protocols: readonly string[]) {
  return text.refine((value) => protocols.includes(protocolOf(value)), `is not a URL that begins with ${protocols.join(' or ')}//`);
}

/** A web address without path or query; a slash at its end is taken away. */
export const origin = url('https:', 'http:').transform((value, context): string => {
  const bare = attempt(() => new URL(value).origin);
  if (bare === undefined || value.replace(/\/$/, '') !== bare) context.addIssue('is not a bare address, without a path');
  return bare ?? value;
});

/** A part of a whole: above 0, at most 1, with up to four decimals. */
export const part = z
  .string()
  .regex(/^(0\.\d{1,4}|1(\.0{1,4})?)$/, 'is not a part of 1 like 0.25')
  .transform(Number)
  .refine((number) => number > 0, 'is nothing');

/** Text in which a program can hardly have been careless: long and varied. */
export const secret = text.refine((value) => value.length >= 16, 'is shorter than 16 characters');

export const privateKey = pem('private', createPrivateKey);
export const publicKey = pem('public', createPublicKey);

/** `id:base64` of 32 bytes, several joined by commas. */
export const personalDataKeys = text.transform((value, context): readonly PersonalDataKey[] => {
  const keys = value.split(',').map((part) => {
    const [id = '', encoded = ''] = part.trim().split(':');
    return { id, key: Buffer.from(encoded, 'base64') };
  });
  if (keys.every((key) => /^[a-z0-9-]{1,16}$/.test(key.id) && key.key.length === 32)) return keys;
  context.addIssue('is not a list of id:base64 of 32 bytes');
  return z.NEVER;
});

/** Why a secret must not guard anything real; undefined when nothing speaks against it. */
export function weakness(text: string): string | undefined {
  // A list of operators has fields of this name; what matters is what stands in them.
  const value = text.replace(/"password(Hash)?"\s*:/g, '');
  if (new Set(value).size < 10) return 'is too simple';
  if (/change.?me|password|passw0rd|example|sandbox|12345|qwerty|(.)\1{5}/i.test(value)) return 'looks like an example';
  return undefined;
}

function pem(kind: string, read: (pem: string) => KeyObject) {
  return text.transform((value, context): string => {
    const lines = value.replaceAll('\\n', '\n').trim();
    const key = attempt(() => read(lines));
    if (key?.asymmetricKeyType !== 'rsa') context.addIssue(`is not an RSA ${kind} key in PEM`);
    else if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) context.addIssue('is shorter than 2048 bits');
    return lines;
  });
}

function protocolOf(value: string): string {
  return attempt(() => new URL(value).protocol) ?? '';
}

function attempt<T>(fn: () => T): T | undefined {
  try {
    return fn();
  } catch {
    return undefined;
  }
}
