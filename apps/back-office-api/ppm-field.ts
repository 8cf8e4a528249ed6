import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeMissing } from '#platform/http';

/** A rate or share in a body: whole millionths. */
export function PpmField(options: { readonly max: number; readonly min?: number; readonly optional?: boolean }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'integer',
      minimum: options.min ?? 0,
      maximum: options.max,
      required: options.optional !== true,
      description: '百万分之一 | millionths',
    }),
    ...(options.optional === true ? [MayBeMissing] : []),
    IsInt(),
    Min(options.min ?? 0),
    Max(options.max),
  );
}
