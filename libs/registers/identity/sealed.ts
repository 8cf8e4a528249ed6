import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Bug, Outage } from '#kernel/faults';

/** One key of personal data at rest: AES-256, 32 bytes, and the id that stands in front of everything it sealed. */
export interface SealingKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Seals personal data 个人信息 for the database and opens it again. */
export interface Sealer {
  /** @param place where the text stands (`customer.name/{customerNo}`): what is copied to another place cannot be opened there */
  seal(text: string, place: string): string;
  /** @throws Outage when the key is not among ours; Bug when the text was changed or stood elsewhere */
  open(sealed: string, place: string): string;
  /** Whether the text was sealed with another key than the present one and should be sealed anew. */
  isOld(sealed: string): boolean;
}

/**
 * AES-256-GCM with a random 96-bit nonce: `{key id}:{base64 of nonce, ciphertext, tag}`. The first key seals, all of them open, so that keys can be changed
 * one after the other.
 */
export function sealer(keys: readonly SealingKey[]): Sealer {
  const [present] = keys;
  if (present === undefined || keys.some(({ key }) => key.length !== KEY_BYTES)) throw new Bug('personal data needs keys of 32 bytes');
  return {
    seal: (text, place) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', present.key, nonce).setAAD(Buffer.from(`${present.id}:${place}`));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${present.id}:${sealed.toString('base64')}`;
    },
    open: (sealed, place) => {
      const [id, bytes] = partsOf(sealed);
      const key = keys.find((known) => known.id === id);
      if (key === undefined)
        throw new Outage(`personal data was sealed with the key "${id}", which PERSONAL_DATA_KEY does not have: add it to the list`);
      return open(bytes, key, place);
    },
    isOld: (sealed) => partsOf(sealed)[0] !== present.id,
  };
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function partsOf(sealed: string): readonly [id: string, bytes: Buffer] {
  const colon = sealed.indexOf(':');
  const bytes = Buffer.from(sealed.slice(colon + 1), 'base64');
  if (colon < 1 || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Bug('this is not sealed personal data');
  return [sealed.slice(0, colon), bytes];
}

function open(bytes: Buffer, { id, key }: SealingKey, place: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`${id}:${place}`)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new Bug('sealed personal data was changed, or stands in a place where it was not sealed', { cause: error });
  }
}
