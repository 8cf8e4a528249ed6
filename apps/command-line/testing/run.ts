import { Readable, Writable } from 'node:stream';
import type { CommandIo } from '../command';
import { main } from '../main';

/** What a call of `rongqiao` left behind. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls `rongqiao` in this process with some standard input, cut into chunks as given. */
export async function run(args: readonly string[], stdin: Iterable<string> = []): Promise<Run> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const io: CommandIo = { stdin: Readable.from(Array.from(stdin, (text) => Buffer.from(text))), stdout, stderr };
  const code = await main(args, io);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** Each answer line of a run. */
export function answersOf({ stdout }: Run): readonly unknown[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

/** A slow reader: takes a little, so that whoever does not wait piles up. */
class Collector extends Writable {
  private readonly chunks: Buffer[] = [];

  constructor() {
    super({ highWaterMark: 64 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    setImmediate(done);
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}
