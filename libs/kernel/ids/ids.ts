import { randomFillSync } from 'node:crypto';

/** A UUID version 7 in lower-case hyphenated text: time-ordered, made by us, never by a sequence. */
export type Uuid = string & { readonly __uuid: unique symbol };

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's alphabet: no i, l, o, u
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const DRAWN_AT_ONCE = 4_096;
const drawn = Buffer.alloc(DRAWN_AT_ONCE);
let drawnFrom = DRAWN_AT_ONCE;

let lastMilliseconds = 0;
let counter = 0;

/** A new UUID version 7 (RFC 9562). Within one process and millisecond the ids keep the order in which they were made. */
export function newId(): Uuid {
  const bytes = freshBytes();
  const now = Math.max(Date.now(), lastMilliseconds);
  counter = now === lastMilliseconds ? counter + 1 : bytes.readUInt16BE(6) & 0x07ff;
  // The counter has 12 bits and starts below half of them; when it is used up, the next millisecond is borrowed.
  lastMilliseconds = counter > 0x0fff ? now + 1 : now;
  if (counter > 0x0fff) counter = 0;
  bytes.writeUIntBE(lastMilliseconds, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Uuid;
}

/** Sixteen random bytes, cut from a larger draw: asking the system for each id would cost more than the rest of it. */
function freshBytes(): Buffer {
  if (drawnFrom === DRAWN_AT_ONCE) {
    randomFillSync(drawn);
    drawnFrom = 0;
  }
  drawnFrom += 16;
  return drawn.subarray(drawnFrom - 16, drawnFrom);
}

/** Whether a text is a UUID in the form that we write. */
export function isUuid(text: string): text is Uuid {
  return UUID.test(text);
}

/** The id as the outside sees it: `ord_` and 26 letters of base32. */
export function publicId(prefix: string, id: Uuid): string {
  return `${prefix}_${base32(id)}`;
}

/** The UUID behind a public id, or `undefined` when the text is not an id of that noun. */
export function readPublicId(prefix: string, text: string): Uuid | undefined {
  if (!text.startsWith(`${prefix}_`)) return undefined;
  const letters = text.slice(prefix.length + 1);
  if (!/^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(letters)) return undefined;
  let value = 0n;
  for (const letter of letters) value = value * 32n + BigInt(BASE32.indexOf(letter));
  const hex = value.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Uuid;
}

/** The bank request number of a bank order: 26 letters from its UUID, so that a restored database can never reuse one. */
export function requestNoOf(id: Uuid): string {
  return base32(id).toUpperCase();
}

function base32(id: Uuid): string {
  // 128 bits behind two zeros are 26 times five bits.
  let letters = '';
  let left = 0;
  let bits = 2;
  for (const digit of id) {
    if (digit === '-') continue;
    left = (left << 4) | Number.parseInt(digit, 16);
    bits += 4;
    if (bits < 5) continue;
    bits -= 5;
    letters += BASE32[left >> bits]!;
    left &= (1 << bits) - 1;
  }
  return letters;
}
