import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '#platform/logging';
import { PROBLEM_TYPE, problemOf, RETRY_AFTER_SECONDS } from './problem';
import type { WaysOut } from './problem';

/** Turns whatever was thrown into a problem, and logs what is our fault or the world's. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly ways: WaysOut = {},
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error, request.id, this.ways);
    const facts = {
      err: error,
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      code: problem.code,
    };
    if (problem.status === 500) this.log.error(facts, 'a request failed by our fault');
    else if (problem.status === 503) this.log.warn(facts, 'a request failed because something was away');
    if (reply.sent) return;
    if (problem.status === 503 || problem.status === 429) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(problem.status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem));
  }
}
