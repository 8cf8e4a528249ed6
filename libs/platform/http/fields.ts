import { applyDecorators, Injectable, Param } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { ApiParam, ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy, ValidateIf } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { Refusal } from '#kernel/faults';
import { isUuid, readPublicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { isBusinessDate } from '#kernel/time';
import { httpRefusals } from './http.refusals';

interface FieldOptions {
  readonly description?: string;
  readonly optional?: boolean;
}

/** A field that may be left out. Missing is missing; null is a value, and a wrong one. */
export const MayBeMissing: PropertyDecorator = ValidateIf((_body, value) => value !== undefined);

/** A field of a pair: exactly one of it and the other is given. */
export function EitherThisOr(other: string): PropertyDecorator {
  const otherOf = (body: object): unknown => (body as Readonly<Record<string, unknown>>)[other];
  return applyDecorators(
    ValidateIf((body: object, value) => value !== undefined || otherOf(body) === undefined),
    field(
      'eitherOr',
      (_value, about) => otherOf(about!.object) === undefined,
      `与 ${other} 二选一，不可同时给 | give either this or ${other}`,
    ),
  );
}

/**
 * An amount in a body: a whole, positive number of fen within the safe integers. The property arrives as `Fen` (bigint);
 * 0, negative amounts, fractions, text and numbers in which JSON has lost fen already are refused.
 */
export function FenField(options: FieldOptions & { readonly example?: number } = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'integer',
      format: 'int64',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      example: options.example ?? 1_000_000,
      required: options.optional !== true,
      description: options.description ?? '金额（分） | amount in fen',
    }),
    ...(options.optional === true ? [MayBeMissing] : []),
    Transform(({ value }: { value: unknown }) => (Number.isSafeInteger(value) ? BigInt(value as number) : value)),
    field('fen', (value) => typeof value === 'bigint' && value > 0n, '须为正整数（分） | must be a whole, positive number of fen'),
  );
}

/** A public id in a body or query (`ord_…`); the property arrives as the UUID behind it. */
export function PublicIdField(prefix: string, options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'string',
      pattern: idPattern(prefix),
      example: idExample(prefix),
      required: options.optional !== true,
      ...(options.description === undefined ? {} : { description: options.description }),
    }),
    ...(options.optional === true ? [MayBeMissing] : []),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (readPublicId(prefix, value) ?? '') : value)),
    field(
      'publicId',
      (value) => typeof value === 'string' && isUuid(value),
      `须为 ${prefix}_ 开头的编号 | must be an id that begins with ${prefix}_`,
    ),
  );
}

/** A day in Asia/Shanghai, `YYYY-MM-DD`, one that exists. */
export function BusinessDateField(options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'string',
      format: 'date',
      example: '2026-11-23',
      required: options.optional !== true,
      ...(options.description === undefined ? {} : { description: options.description }),
    }),
    ...(options.optional === true ? [MayBeMissing] : []),
    field('businessDate', (value) => isBusinessDate(value), '须为存在的日期 YYYY-MM-DD | must be an existing date, YYYY-MM-DD'),
  );
}

/** A public id in the path: `@PublicIdParam('orderId', 'ord') id: Uuid`. A text that is no such id is an unknown one: 404. */
export function PublicIdParam(name: string, prefix: string): ParameterDecorator {
  return (target, key, index) => {
    Param(name, new PublicIdPipe(prefix))(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key === undefined || method === undefined) return;
    ApiParam({ name, schema: { type: 'string', pattern: idPattern(prefix) }, example: idExample(prefix) })(target, key, method);
  };
}

@Injectable()
class PublicIdPipe implements PipeTransform<string, Uuid> {
  constructor(private readonly prefix: string) {}

  transform(value: string): Uuid {
    const id = readPublicId(this.prefix, value);
    if (id === undefined) throw new Refusal(httpRefusals.NOT_FOUND);
    return id;
  }
}

function field(name: string, holds: (value: unknown, about?: ValidationArguments) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: holds, defaultMessage: () => message } });
}

function idPattern(prefix: string): string {
  return `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`;
}

function idExample(prefix: string): string {
  return `${prefix}_01jd8x6v3ye5fr2q0c4mzn7k9t`;
}
