import { ValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import * as transformerPackage from 'class-transformer';
import * as validatorPackage from 'class-validator';
import type { ValidationError } from 'class-validator';
import type { FieldProblem } from './problem';
import { invalidRequest } from './problem';

/**
 * The only validation of bodies, queries and paths: unknown fields are refused, nothing is converted unless a field says how
 * (an implicit conversion would turn "" into 0).
 */
export function validation(): ValidationPipe {
  return new Validation({
    // Given by hand: otherwise the pipe imports them while it runs, and ends the process when that fails.
    validatorPackage,
    transformerPackage,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    transformOptions: { enableImplicitConversion: false },
    stopAtFirstError: true,
    exceptionFactory: (errors) => invalidRequest(errors.flatMap((error) => fieldProblems(error, ''))),
  });
}

/** Whether PostgreSQL can keep a text: not with NUL, and not with half a character (a surrogate without its other half). */
export function isStorable(text: string): boolean {
  return !/[\0\ud800-\udfff]/u.test(text);
}

class Validation extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // What stands in the path is an id or it is not found.
    const errors = metadata.type === 'body' || metadata.type === 'query' ? unstorable(value, '') : [];
    if (errors.length > 0) throw invalidRequest(errors);
    return super.transform(value, metadata);
  }
}

function unstorable(value: unknown, path: string): FieldProblem[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [{ field: path, ...UNSTORABLE_SAYS }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => unstorable(part, below(path, key)));
}

const UNSTORABLE_SAYS = {
  messageZh: '含有无法保存的字符（NUL 或不完整的字符），请去掉',
  messageEn: 'has a character that cannot be kept (NUL or half a character), take it out',
};

/** The Chinese beside class-validator's English, by the name of the constraint. */
const chinese: Readonly<Record<string, string>> = {
  whitelistValidation: '没有这个字段，请去掉',
  isDefined: '必填',
  isNotEmpty: '必填，不能为空',
  isString: '须为文字',
  isInt: '须为整数',
  isNumber: '须为数字',
  isBoolean: '须为 true 或 false',
  isArray: '须为列表',
  isObject: '须为对象',
  isEnum: '不在可选范围内',
  isIn: '不在可选范围内',
  min: '数值过小',
  max: '数值过大',
  minLength: '过短',
  maxLength: '过长',
  isLength: '长度不符',
  matches: '格式不正确',
  arrayMinSize: '项数过少',
  arrayMaxSize: '项数过多',
  nestedValidation: '须为对象',
};

function fieldProblems(error: ValidationError, path: string): FieldProblem[] {
  const field = below(path, error.property);
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => fieldProblem(field, constraint, message));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldProblems(child, field))];
}

function below(path: string, key: string): string {
  if (/^\d+$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** Our own field decorators write both languages into their message, parted by ` | `. */
function fieldProblem(field: string, constraint: string, message: string): FieldProblem {
  const [zh, en] = message.split(' | ');
  if (zh !== undefined && en !== undefined) return { field, messageZh: zh, messageEn: en };
  if (constraint === 'whitelistValidation')
    return { field, messageZh: chinese[constraint] ?? '', messageEn: 'there is no such field, leave it out' };
  return { field, messageZh: chinese[constraint] ?? '格式不正确', messageEn: message };
}
