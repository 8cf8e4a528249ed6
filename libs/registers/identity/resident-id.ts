import { isBusinessDate } from '#kernel/time';

/**
 * Whether a text is a resident ID number 居民身份证号: 17 digits and a check character by MOD 11-2 (GB 11643-1999, ISO 7064), with a birthday that exists.
 * Whether it was given to anybody is the bank's business.
 */
export function isResidentId(text: string): boolean {
  if (!/^[1-9]\d{16}[\dX]$/.test(text)) return false;
  const birthday = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  return isBusinessDate(birthday) && checkCharacter(text.slice(0, 17)) === text[17];
}

function checkCharacter(digits: string): string {
  let sum = 0;
  for (const digit of digits) sum = ((sum + Number(digit)) * 2) % 11;
  const check = (12 - sum) % 11;
  return check === 10 ? 'X' : String(check);
}
