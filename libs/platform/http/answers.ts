import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { CommandAnswer } from './idempotency';

/** Sends the stored bytes of a command's answer as they are, and says when they are a repetition. */
@Injectable()
export class CommandAnswers implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((answer: unknown) => (answer instanceof CommandAnswer ? send(reply, answer) : answer)));
  }
}

function send(reply: FastifyReply, answer: CommandAnswer): string {
  void reply.status(answer.status).header('content-type', 'application/json; charset=utf-8');
  if (answer.replayed) void reply.header('idempotency-replayed', 'true');
  return answer.text;
}
