import type { Uuid } from '#kernel/ids';
import type { BusinessDate } from '#kernel/time';

/** Where the amounts stand in a D line of the wire, from 0, its letter counted. */
const AMOUNT_FIELDS = { TRANSACTIONS: [8], BALANCES: [4, 5, 6, 7, 8], CREDIT: [6, 7, 8, 9] } as const;

/** The three types of statement file. */
export type StatementType = keyof typeof AMOUNT_FIELDS;

/**
 * Turns D lines of a statement, as bytes, into rows of COPY's text format, as bytes: file, line number and date in front, tabs for bars, whole fen for yuan.
 * One pass over the bytes and one buffer per region, because a million lines go through here.
 */
export class CopyText {
  private readonly isAmount: boolean[];
  private readonly head: Buffer;
  private readonly tail: Buffer;
  private lineNo = 0;

  constructor(type: StatementType, fileId: Uuid, bankDate: BusinessDate) {
    const fields: readonly number[] = AMOUNT_FIELDS[type];
    this.isAmount = Array.from({ length: 16 }, (_, field) => fields.includes(field));
    this.head = Buffer.from(`${fileId}\t`, 'latin1');
    this.tail = Buffer.from(`\t${bankDate}\t`, 'latin1');
  }

  /**
   * @param lines whole lines, each `D|…\n`, already checked for their number of fields
   * @returns the rows, or undefined when an amount has not exactly two places
   */
  rowsOf(lines: Buffer): Buffer | undefined {
    // A backslash is doubled and a row's front is shorter than 80 bytes; lines have at least 20.
    const out = Buffer.allocUnsafe(lines.length * 2 + (lines.length / 20 + 1) * 80);
    let to = 0;
    let at = 0;
    while (at < lines.length) {
      to = this.front(out, to);
      // The letter and its bar are not stored.
      at += 2;
      let field = 1;
      let point = -1;
      for (; lines[at] !== NEWLINE; at += 1) {
        const byte = lines[at]!;
        if (byte === BAR) {
          if (this.isAmount[field] && at - point !== 3) return undefined;
          field += 1;
          point = -1;
          out[to++] = TAB;
        } else if (byte === POINT && this.isAmount[field]) {
          if (point !== -1) return undefined;
          point = at;
        } else {
          if (byte === BACKSLASH) out[to++] = BACKSLASH;
          out[to++] = byte;
        }
      }
      if (this.isAmount[field] && at - point !== 3) return undefined;
      out[to++] = NEWLINE;
      at += 1;
    }
    return out.subarray(0, to);
  }

  private front(out: Buffer, at: number): number {
    this.lineNo += 1;
    let to = at + this.head.copy(out, at);
    to += out.write(String(this.lineNo), to, 'latin1');
    return to + this.tail.copy(out, to);
  }
}

const NEWLINE = 0x0a;
const TAB = 0x09;
const BAR = 0x7c;
const POINT = 0x2e;
const BACKSLASH = 0x5c;
