import { z } from 'zod';
import { parseYuan, type Fen } from '#kernel/money';
import { isBusinessDate } from '#kernel/time';
import { isRequestNo, type Corporate, type RegisteredBorrower } from '#bank/wire';

/** Words that may stand in a statement field: no `|`, no blank, no newline. */
export const number = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores');

export const requestNo = z.string().refine(isRequestNo, 'must be a request number');

/** Decimal yuan with two places, more than nothing, at most 13 digits before the point. */
export const amount = z
  .string()
  .regex(/^(0|[1-9]\d{0,12})\.\d{2}$/, 'must be yuan with two places')
  .refine((text) => text !== '0.00', 'must be more than nothing')
  .transform((text): Fen => parseYuan(text));

export const date = z.string().refine(isBusinessDate, 'must be a day like 2026-11-22');

/** Free text of people: no control characters, no `|`. */
export const text = z
  .string()
  .max(200)
  .refine((value) => !/[\u0000-\u001f|]/.test(value), 'must not contain control characters or |');

export const url = z.url({ protocol: /^https?$/ }).max(2000);

export const corporate: z.ZodType<Corporate> = z.strictObject({
  name: text.min(1),
  accountNo: number,
  cnapsCode: z.string().regex(/^\d{12}$/),
});

export const borrower: z.ZodType<RegisteredBorrower> = z
  .strictObject({ customerNo: number, name: text.min(1), accountNo: number.optional(), corporate: corporate.optional() })
  .refine((value) => (value.accountNo === undefined) !== (value.corporate === undefined), 'needs either accountNo or corporate');

export const term = z.union([
  z.strictObject({ months: z.number().int().min(1).max(360) }),
  z.strictObject({ days: z.number().int().min(1).max(11_000) }),
]);

export const fields = z.record(z.string().max(64), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]));
