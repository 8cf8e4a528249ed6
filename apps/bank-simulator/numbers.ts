import type { Session } from './database/connection';

/** Numbers that the bank gives: unique for ever, growing, in this process in the order in which they were taken. */
export interface Numbers {
  next(): Promise<bigint>;
  /** So many numbers, in order. */
  take(count: number): Promise<bigint[]>;
}

const BLOCK = 1000n;

/** Where blocks of numbers come from: one for everything that is booked and told, one for customers and their accounts. */
export type Counter = 'number_block' | 'people_block';

/** Takes numbers from the database in blocks; what a stopped process left of its block is never used. */
export function numbers(session: Session, counter: Counter): Numbers {
  let free = 0n;
  let end = 0n;
  const next = async (): Promise<bigint> => {
    if (free === end) {
      const [row] = await session.rows<{ block: bigint }>('select nextval($1::regclass) as block', [counter]);
      free = row!.block * BLOCK;
      end = free + BLOCK;
    }
    return free++;
  };
  return {
    next,
    take: async (count) => {
      const taken: bigint[] = [];
      while (taken.length < count) taken.push(await next());
      return taken;
    },
  };
}

/** A number as text behind a letter, of one width, so that text order is number order. */
export function numbered(letters: string, number: bigint): string {
  return `${letters}${number.toString().padStart(14, '0')}`;
}

/** The bank serial number of a line or of a credit movement. */
export function serialText(serial: bigint): string {
  return numbered('B', serial);
}
