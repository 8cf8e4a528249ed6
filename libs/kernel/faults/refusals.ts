/** What a refusal means to the one who asked. The table in `platform/http` maps it to an HTTP status; the domain knows no HTTP. */
export type RefusalKind =
  | 'invalid' // the request itself is wrong
  | 'conflict' // the request is fine, the present state forbids it
  | 'missing' // there is no such thing for this caller
  | 'forbidden' // the caller may not do this
  | 'unauthenticated' // nobody knows who is calling
  | 'limited'; // too much, too often

/** One public refusal: texts for people, Chinese first. */
export interface RefusalText {
  readonly kind: RefusalKind;
  readonly zh: string;
  readonly en: string;
}

const declared = new Map<string, RefusalText>();

/**
 * Declares public refusal codes. Codes are upper-case words joined by `_` and unique in the whole platform.
 * @returns the codes as an object of constants: `const r = refusals({ SOLD_OUT: {…} }); new Refusal(r.SOLD_OUT)`
 */
export function refusals<Texts extends Record<string, RefusalText>>(texts: Texts): { readonly [Code in keyof Texts & string]: Code } {
  const codes: Record<string, string> = {};
  for (const [code, text] of Object.entries(texts)) {
    if (declared.has(code)) throw new TypeError(`refusal ${code} is declared twice`);
    if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code)) throw new TypeError(`refusal ${code} is not UPPER_SNAKE_CASE`);
    declared.set(code, text);
    codes[code] = code;
  }
  return codes as { readonly [Code in keyof Texts & string]: Code };
}

/** Texts of a declared code. An undeclared code is a programming error. */
export function refusalText(code: string): RefusalText {
  const text = declared.get(code);
  if (text === undefined) throw new TypeError(`refusal ${code} was never declared`);
  return text;
}

/** Every declared refusal, for the generated catalogue. Sorted by code. */
export function allRefusals(): readonly (RefusalText & { readonly code: string })[] {
  return [...declared].map(([code, text]) => ({ code, ...text })).sort((a, b) => (a.code < b.code ? -1 : 1));
}
