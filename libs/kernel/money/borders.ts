import { Bug, Refusal } from '#kernel/faults';
import type { Fen } from './fen';
import { moneyRefusals } from './money.refusals';

/** Yuan as the bank's wire writes them: no sign but a minus, no leading zeros, exactly two places. */
const YUAN = /^(-?)(0|[1-9]\d{0,15})\.(\d\d)$/;

/**
 * Decimal yuan text, exactly two places: `"10000.00"` is 1,000,000 fen.
 * @throws Refusal AMOUNT_INVALID for anything else, also for `"-0.00"`, blanks, separators and more than 16 digits
 */
export function parseYuan(text: string): Fen {
  const parts = typeof text === 'string' ? YUAN.exec(text) : null;
  if (parts === null || text === '-0.00') throw new Refusal(moneyRefusals.AMOUNT_INVALID);
  const amount = BigInt(`${parts[2]}${parts[3]}`);
  return (parts[1] === '-' ? -amount : amount) as Fen;
}

/** The inverse of `parseYuan`: 1,000,000 fen is `"10000.00"`. */
export function formatYuan(amount: Fen): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * An amount as JSON of our own APIs: an integer number of fen.
 * @throws Bug beyond `Number.MAX_SAFE_INTEGER`, where JSON readers lose fen
 */
export function fenToJson(amount: Fen): number {
  const value = Number(amount);
  if (!Number.isSafeInteger(value)) throw new Bug(`${amount} fen are beyond the safe integers of JSON`);
  return value;
}

/**
 * An amount out of a JSON body. The sign is the caller's business.
 * @throws Refusal AMOUNT_INVALID for a fraction, for text, for null, and beyond the safe integers
 */
export function fenFromJson(value: unknown): Fen {
  if (!Number.isSafeInteger(value)) throw new Refusal(moneyRefusals.AMOUNT_INVALID);
  return BigInt(value as number) as Fen;
}

/** As `fenFromJson`, and more than nothing. */
export function positiveFenFromJson(value: unknown): Fen {
  const amount = fenFromJson(value);
  if (amount <= 0n) throw new Refusal(moneyRefusals.AMOUNT_INVALID);
  return amount;
}
