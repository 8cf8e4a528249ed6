import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatementFileName } from '#bank/port';
import { newId } from '#kernel/ids';
import type { StatementBank } from './connection';

/** A downloaded file whose digest and signature are the bank's. Small ones are kept in memory, others lie in a file until `discard`. */
export interface Download {
  /** May be read more than once. */
  chunks(): AsyncIterable<Buffer> | Iterable<Buffer>;
  discard(): Promise<void>;
}

/** Why a downloaded file is refused before a line of it is read. */
export type DownloadFault = 'LENGTH_WRONG' | 'DIGEST_WRONG' | 'SIGNATURE_WRONG';

/** Beyond it a file goes to disk: most days fit, and memory must not grow with the file. */
const KEPT_IN_MEMORY = 1 << 20;

/**
 * First pass over a statement file: downloads while hashing, then checks length, digest and the bank's signature. Not one line has been read by then.
 * @throws Outage when the bank cannot be read now
 */
export async function downloadStatement(bank: StatementBank, file: StatementFileName, folder: string): Promise<Download | DownloadFault> {
  const hash = createHash('sha256');
  const kept = new Kept(folder);
  let bytes = 0;
  try {
    for await (const chunk of await bank.download(file.name)) {
      hash.update(chunk);
      bytes += chunk.length;
      await kept.add(chunk);
    }
    await kept.finish();
    const sha256 = hash.digest('hex');
    const fault = faultOf(bank, file, bytes, sha256);
    if (fault === undefined) return kept;
    await kept.discard();
    return fault;
  } catch (error) {
    await kept.discard();
    throw error;
  }
}

function faultOf(bank: StatementBank, file: StatementFileName, bytes: number, sha256: string): DownloadFault | undefined {
  if (bytes !== file.bytes) return 'LENGTH_WRONG';
  if (sha256 !== file.sha256) return 'DIGEST_WRONG';
  return bank.verifyFile(sha256, file.signature) ? undefined : 'SIGNATURE_WRONG';
}

class Kept implements Download {
  private memory: Buffer[] = [];
  private bytes = 0;
  private path: string | undefined;
  private handle: FileHandle | undefined;

  constructor(private readonly folder: string) {}

  async add(chunk: Buffer): Promise<void> {
    this.memory.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes > KEPT_IN_MEMORY) await this.spill();
  }

  async finish(): Promise<void> {
    if (this.path === undefined) return;
    await this.spill();
    await this.handle?.close();
    this.handle = undefined;
  }

  chunks(): AsyncIterable<Buffer> | Iterable<Buffer> {
    return this.path === undefined ? this.memory : (createReadStream(this.path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>);
  }

  async discard(): Promise<void> {
    this.memory = [];
    await this.handle?.close();
    this.handle = undefined;
    if (this.path !== undefined) await rm(this.path, { force: true });
  }

  private async spill(): Promise<void> {
    if (this.handle === undefined) {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      this.path = join(this.folder, `statement-${newId()}`);
      this.handle = await open(this.path, 'wx', 0o600);
    }
    await this.handle.writev(this.memory);
    this.memory = [];
    this.bytes = 0;
  }
}
