import { z } from 'zod';
import { bankRefusals } from '#bank/port';
import { isFailureCode, readAnswer, type ServiceBody, type ServiceName } from '#bank/wire';
import { Outage, Refusal } from '#kernel/faults';
import { parseYuan } from '#kernel/money';
import { isBusinessDate, type BusinessDate } from '#kernel/time';
import type { Channel } from './channel';
import type { Signal } from './signals';

/** Fields of answers, checked and turned into the platform's own types. */
export const yuanText = z
  .string()
  .regex(/^-?(?:0|[1-9]\d{0,12})\.\d{2}$/)
  .transform(parseYuan);
export const dateText = z.custom<BusinessDate>(isBusinessDate);

/**
 * Asks, and reads `data` of the answer.
 * @throws Outage when there is no verified answer of the right shape; Refusal BANK_DECLINED when the bank said no
 */
export async function read<Name extends ServiceName, Shape extends z.ZodType>(
  channel: Channel,
  service: Name,
  body: ServiceBody<Name>,
  shape: Shape,
): Promise<z.output<Shape>> {
  const { signal } = await channel.ask(service, JSON.stringify(body));
  return dataOf(signal, service, shape);
}

/** As `read`, of a signal that is already there. */
export function dataOf<Shape extends z.ZodType>(signal: Signal, service: string, shape: Shape): z.output<Shape> {
  if (signal.heard !== 'answer') throw new Outage(`the bank did not answer ${service}: ${signal.why}`);
  const answer = readAnswer(signal.body);
  if (signal.httpStatus !== 200 || answer === undefined)
    throw new Outage(`the bank answered ${service} with HTTP ${signal.httpStatus} ${answer?.code ?? ''}`);
  if (answer.status === 'FAILED' && (isFailureCode(answer.code) || answer.code === 'NOT_FOUND')) {
    throw new Refusal(bankRefusals.BANK_DECLINED, { code: answer.code, service });
  }
  if (answer.status !== 'SUCCEEDED' && answer.status !== 'ACCEPTED' && answer.status !== 'PROCESSING') {
    throw new Outage(`the bank answered ${service} with ${answer.status} ${answer.code}`);
  }
  const data = shape.safeParse(answer.data);
  if (!data.success)
    throw new Outage(`the bank's answer to ${service} is not what the wire says: ${data.error.issues[0]?.path.join('.') ?? ''}`);
  return data.data;
}
