import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits for a state, with a limit: asks until the answer is true.
 * @param what the state in words, for the message when the limit passes
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms, and still not: ${what}`);
    await pause(5);
  }
}
