import { applyDecorators, createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Bug, commandRefusals, Refusal } from '#kernel/faults';
import { sqlState } from '#platform/database';
import type { Tx, Work } from '#platform/database';
import { bodyDigest } from './body-digest';
import { httpRefusals } from './http.refusals';

/** A command as it came over HTTP; whoever handles it adds the actor. */
export interface CommandRequest {
  readonly key: string;
  /** Method and path with its ids: the same key on another path is another request. */
  readonly route: string;
  /** As it was sent, before any conversion. */
  readonly body: unknown;
}

/** The stored answer of a command: the same bytes for the first caller and for every repetition. */
export class CommandAnswer {
  constructor(
    readonly status: number,
    readonly text: string,
    readonly replayed: boolean,
  ) {}
}

/**
 * Parameter of a controller method: the command of this request.
 * @throws Refusal IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_INVALID
 */
export const Command = createParamDecorator((_: unknown, context: ExecutionContext): CommandRequest => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return commandOf(request);
});

/** Documents a method that takes a `@Command()`: repeating it with the same key repeats the answer, not the effect. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: '同一请求重试时使用同一个键 | the same for every repetition of the same request',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]{1,255}$' },
      example: 'b7a1c1de-6f0b-4c55-9a54-1d8f3f0d9a11',
    }),
  );
}

/** The command of a request, for guards and controllers that do not use the decorator. Errors as for `Command`. */
export function commandOf(request: Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'body'>): CommandRequest {
  const key = request.headers['idempotency-key'];
  if (key === undefined) throw new Refusal(httpRefusals.IDEMPOTENCY_KEY_MISSING);
  if (typeof key !== 'string' || !/^[!-~]{1,255}$/.test(key)) throw new Refusal(httpRefusals.IDEMPOTENCY_KEY_INVALID);
  return { key, route: `${request.method} ${request.url.split('?', 1)[0] ?? ''}`, body: request.body };
}

/**
 * Runs a command that creates no row of its own which could carry the key. Effect and answer are committed together, so a
 * repetition finds both or neither: the same bytes again, or a first run. Refusals and outages store nothing. Repetitions
 * that arrive at once wait for the first one.
 * @param status of the first answer; default 201
 * @throws Refusal IDEMPOTENCY_KEY_REUSED for the same key with another body or on another path; whatever `fn` throws
 */
export async function runCommand(
  work: Work,
  command: CommandRequest & { readonly actor: string; readonly status?: number },
  fn: (tx: Tx) => Promise<object>,
): Promise<CommandAnswer> {
  if (command.actor === '') throw new Bug('a command has no actor');
  const digest = bodyDigest(command.body);
  try {
    return await work.run(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`command ${command.actor} ${command.key}`]);
      const known = await storedAnswer(tx, command, digest);
      if (known !== undefined) return known;
      const text = JSON.stringify(await fn(tx));
      const status = command.status ?? 201;
      await tx.execute(STORE, [command.actor, command.key, command.route, digest, status, text]);
      return new CommandAnswer(status, text, false);
    });
  } catch (error) {
    // The lock makes this impossible for whoever takes it; the key of the table decides for everybody.
    const known = sqlState(error) === '23505' ? await work.run((tx) => storedAnswer(tx, command, digest)) : undefined;
    if (known === undefined) throw error;
    return known;
  }
}

const STORE = 'INSERT INTO command (actor, key, route, body_digest, status, answer) VALUES ($1, $2, $3, $4, $5, $6)';
const STORED = 'SELECT route, body_digest, status, answer FROM command WHERE actor = $1 AND key = $2';

async function storedAnswer(
  tx: Tx,
  command: CommandRequest & { readonly actor: string },
  digest: string,
): Promise<CommandAnswer | undefined> {
  const [row] = await tx.query<{ route: string; body_digest: string; status: number; answer: string }>(STORED, [
    command.actor,
    command.key,
  ]);
  if (row === undefined) return undefined;
  if (row.route !== command.route || row.body_digest !== digest) throw new Refusal(commandRefusals.IDEMPOTENCY_KEY_REUSED);
  return new CommandAnswer(row.status, row.answer, true);
}
