import { createHash, publicDecrypt, constants, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { StatementFileName } from '#bank/port';
import { publicKey, sha256Hex, type StatementResult } from '#bank/wire';
import { Bug, Outage } from '#kernel/faults';
import type { BusinessDate } from '#kernel/time';
import type { Channel, FileAnswer } from './channel';
import { dataOf, read } from './reading';

const files = z.object({
  files: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        version: z.int().positive(),
        bytes: z.int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        signature: z.string().min(1),
      }),
    )
    .max(1000),
});

/** The files of one bank date; none when they are not written yet. */
export async function listStatements(channel: Channel, bankDate: BusinessDate): Promise<readonly StatementFileName[]> {
  return (await read(channel, 'statements/list', { bankDate }, files)).files;
}

/** The bytes of one file. Nothing of them may be believed before the iteration has ended by itself: the signature covers the whole. */
export async function downloadStatement(channel: Channel, name: string): Promise<AsyncIterable<Buffer>> {
  const answer = await channel.askForFile('statements/download', JSON.stringify({ name }));
  if ('response' in answer) return checked(channel, answer, name);
  dataOf(answer.signal, 'statements/download', z.unknown());
  throw new Outage(`the bank answered the download of ${name} without a file`);
}

/** Tells the bank how the day of a file ended. */
export async function confirmStatement(channel: Channel, file: { name: string; sha256: string }, result: StatementResult): Promise<void> {
  await read(channel, 'statements/confirm', { name: file.name, sha256: file.sha256, result }, z.unknown());
}

/**
 * Whether a base64 signature (RSA-SHA256, PKCS#1 v1.5) is the bank's over a file, given as its bytes or as the lower-case hex SHA-256 of them. The digest is
 * enough, so that a file of any size is hashed while it goes by; what the signature opens to is compared whole, nothing in it is parsed.
 */
export function isBanksFile(file: Buffer | string, signature: string, bankPublicKeyPem: string): boolean {
  const sha256 = typeof file === 'string' ? file : sha256Hex(file);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Bug('a file is verified by its bytes or by the hex of its SHA-256');
  const expected = Buffer.concat([SHA256_DIGEST_INFO, Buffer.from(sha256, 'hex')]);
  try {
    const key = publicKey(bankPublicKeyPem);
    const opened = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(signature, 'base64'));
    return opened.length === expected.length && timingSafeEqual(opened, expected);
  } catch {
    return false;
  }
}

/** DER of a SHA-256 digest's description, which stands before the digest in the signature (RFC 8017, section 9.2). */
const SHA256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

async function* checked(channel: Channel, answer: FileAnswer, name: string): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  for await (const chunk of channel.chunksOf(answer)) {
    hash.update(chunk);
    yield chunk;
  }
  if (!answer.isBanks(hash.digest('hex'))) throw new Outage(`the bytes of ${name} are not what the bank has signed`);
}
