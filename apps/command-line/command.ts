import type { Readable, Writable } from 'node:stream';

/** Text for people: Chinese first, English beside it. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Where a command reads and writes; tests hand in their own. */
export interface CommandIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** One command of `rongqiao`. */
export interface Command {
  readonly name: string;
  readonly summary: Bilingual;
  /** What follows `rongqiao `. */
  readonly usage: string;
  readonly options: readonly { readonly flag: string; readonly text: Bilingual }[];
  /** @returns the exit code: 0 done, 1 the answer is no or something failed, 2 not understood */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

/** What every command understands. */
export const COMMON_OPTIONS: Command['options'] = [
  { flag: '--help', text: { zh: '显示帮助', en: 'show this help' } },
  { flag: '--json', text: { zh: '以 JSON 输出', en: 'write JSON' } },
];

/** Writes a line and waits when the reader is slower than we are. */
export function writeLine(stream: Writable, line: string): Promise<void> {
  return write(stream, `${line}\n`);
}

/** Writes text and waits when the reader is slower than we are. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (stream.write(text) || stream.writableEnded || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      stream.off('drain', go).off('close', go).off('error', go);
      resolve();
    };
    stream.on('drain', go).on('close', go).on('error', go);
  });
}
