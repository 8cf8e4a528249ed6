/** A count that was given on the command line. @throws Error that names the option when it is none */
export function wholeNumber(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`--${option} is "${text}": give a whole number of 1 or more`);
  return count;
}
