import type { Writable } from 'node:stream';

/** Shows how far the demo is: one line that changes on a terminal, a few lines in a pipe. */
export interface Progress {
  /** A chapter begins; the time of the one before is kept. */
  chapter(name: string): void;
  /** How far the chapter is. */
  step(text: string): void;
  /** What each chapter took, in milliseconds, in their order. */
  times(): readonly { readonly chapter: string; readonly milliseconds: number }[];
  /** The last chapter is over. */
  end(): void;
}

/** In a pipe a step is told so often at most. */
const QUIET_MS = 15_000;
const TERMINAL_MS = 100;

export function progressOn(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }): Progress {
  const isTerminal = stream.isTTY === true;
  const chapters: { chapter: string; startedAt: number; milliseconds: number }[] = [];
  let lastTold = 0;
  const close = (): void => {
    const last = chapters.at(-1);
    if (last === undefined || last.milliseconds !== 0) return;
    last.milliseconds = Math.max(1, Date.now() - last.startedAt);
    if (isTerminal) stream.write('\r\u001b[K');
    stream.write(`  ✓ ${last.chapter}  ${seconds(last.milliseconds)}\n`);
  };
  return {
    chapter(name) {
      close();
      chapters.push({ chapter: name, startedAt: Date.now(), milliseconds: 0 });
      lastTold = Date.now();
      if (isTerminal) stream.write(`  … ${name}`);
    },
    step(text) {
      if (Date.now() - lastTold < (isTerminal ? TERMINAL_MS : QUIET_MS)) return;
      lastTold = Date.now();
      const line = `  … ${chapters.at(-1)?.chapter ?? ''}  ${text}`;
      stream.write(isTerminal ? `\r\u001b[K${line.slice(0, (stream.columns ?? 100) - 1)}` : `${line}\n`);
    },
    times: () => chapters.map(({ chapter, milliseconds }) => ({ chapter, milliseconds })),
    end: close,
  };
}

/** `12.3 s` */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
