import { ValidationPipe } from '@nestjs/common';
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
  return new ValidationPipe({
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
  const field = /^\d+$/.test(error.property) ? `${path}[${error.property}]` : path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => fieldProblem(field, constraint, message));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldProblems(child, field))];
}

/** Our own field decorators write both languages into their message, parted by ` | `. */
function fieldProblem(field: string, constraint: string, message: string): FieldProblem {
  const [zh, en] = message.split(' | ');
  if (zh !== undefined && en !== undefined) return { field, messageZh: zh, messageEn: en };
  if (constraint === 'whitelistValidation')
    return { field, messageZh: chinese[constraint] ?? '', messageEn: 'there is no such field, leave it out' };
  return { field, messageZh: chinese[constraint] ?? '格式不正确', messageEn: message };
}
