/** A name of a person with all but the first character hidden: `张*`, `欧**`. Characters are what a reader sees as one. */
export function maskName(name: string): string {
  const [first, ...rest] = [...segments.segment(name.trim())];
  return first === undefined ? '' : `${first.segment}${'*'.repeat(Math.max(1, rest.length))}`;
}

/** A resident ID number 身份证号: `110***********002X`. */
export function maskIdNumber(idNumber: string): string {
  return masked(idNumber, 3, 4);
}

/** A mobile number 手机号: `138****1234`. */
export function maskMobile(mobile: string): string {
  return masked(mobile, 3, 4);
}

/** A bank card 银行卡: `622202******0123`. */
export function maskCard(cardNo: string): string {
  return masked(cardNo, 6, 4);
}

const segments = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** What is too short to keep both ends and hide at least as much as it shows is hidden whole. */
function masked(text: string, front: number, back: number): string {
  const hidden = text.length - front - back;
  if (hidden < 4) return '*'.repeat(text.length);
  return `${text.slice(0, front)}${'*'.repeat(hidden)}${text.slice(-back)}`;
}
