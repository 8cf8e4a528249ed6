import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Refusal } from '#kernel/faults';
import { isUuid } from '#kernel/ids';
import { MayBeMissing } from './fields';
import { httpRefusals } from './http.refusals';
import { isStorable } from './validation';

/** The most items of one page. */
export const MAX_PAGE = 100;

/** `?limit=&after=` of every list; `limit` 1 to 100, default 20. */
export class PageQuery {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: 20, required: false })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value))
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = 20;

  @ApiProperty({ type: 'string', required: false, description: '上一页的 next | the `next` of the page before' })
  @MayBeMissing
  @IsString()
  @MaxLength(500)
  after?: string;
}

/** One page of a list. `next` is null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Values of the sort columns of the last row that was sent, as text. */
export type CursorValues = readonly string[];

/**
 * A page out of `limit + 1` rows: the row too many says that there is another page.
 * @param keyOf the sort columns of a row, as text; the same that the query compares with
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => CursorValues,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null;
  return { items: shown.map(itemOf), next };
}

/** The cursor of a page's last row: opaque to whoever holds it. */
export function encodeCursor(values: CursorValues): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** What a value of a cursor is: a number that counts rows, an id, or a text (the number of an account or a listing). */
export type CursorKind = keyof typeof IS_KIND;

const IS_KIND = {
  number: (value: string) => /^\d{1,18}$/.test(value),
  uuid: isUuid,
  text: isStorable,
} as const;

/**
 * The values in a cursor; undefined for the first page.
 * @param kinds what its values must be, one by one: whoever crafts a cursor gets an answer and no error of the database
 * @throws Refusal CURSOR_INVALID
 */
export function decodeCursor<Kinds extends readonly CursorKind[]>(
  text: string | undefined,
  ...kinds: Kinds
): { readonly [Place in keyof Kinds]: string } | undefined {
  if (text === undefined) return undefined;
  const values = parsed(text);
  if (!Array.isArray(values) || values.length !== kinds.length || !kinds.every((kind, place) => is(kind, values[place]))) {
    throw new Refusal(httpRefusals.CURSOR_INVALID);
  }
  return values as unknown as { [Place in keyof Kinds]: string };
}

function is(kind: CursorKind, value: unknown): boolean {
  return typeof value === 'string' && IS_KIND[kind](value);
}

/** Documents a method that answers a `Page` of these. */
export function ApiPage(item: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(item),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['items', 'next'],
        properties: {
          items: { type: 'array', maxItems: MAX_PAGE, items: { $ref: getSchemaPath(item) } },
          next: {
            oneOf: [{ type: 'string' }, { type: 'null' }],
            description: '下一页的 after；最后一页为 null | `after` of the next page; null on the last',
          },
        },
      },
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
