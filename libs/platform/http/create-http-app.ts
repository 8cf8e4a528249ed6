import { Module } from '@nestjs/common';
import type { LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Outage } from '#kernel/faults';
import { logger } from '#platform/logging';
import type { Logger } from '#platform/logging';
import { CommandAnswers } from './answers';
import type { HealthCheck } from './health';
import { HEALTH, HealthController } from './health';
import type { OpenApiOptions } from './openapi';
import { openApiDocument } from './openapi';
import { PROBLEM_TYPE, problemOf } from './problem';
import type { WaysOut } from './problem';
import { ProblemFilter } from './problem-filter';
import { requestIdOf, watchRequests } from './requests';
import { validation } from './validation';

export interface HttpAppOptions {
  /** Name of the process. */
  readonly name: string;
  /** 0: any free one. */
  readonly port: number;
  /** Default: this machine only. */
  readonly host?: string;
  readonly openapi: OpenApiOptions;
  readonly log?: Logger;
  /** What `/health` asks, by name. */
  readonly health?: Readonly<Record<string, HealthCheck>>;
  /** Where what a refusal asks for can be done: the route, by the refusal's code. It is told as `details.next`. */
  readonly ways?: WaysOut;
  /** Keeps the bytes of bodies (`request.rawBody`), for signatures over them. */
  readonly rawBody?: boolean;
  /** Plug-ins of the server (cookies, forms), before any route is made. */
  readonly configure?: (app: NestFastifyApplication) => Promise<void> | void;
}

export interface HttpApp {
  readonly app: NestFastifyApplication;
  readonly port: number;
  /** `http://127.0.0.1:…` without a slash at the end. */
  readonly url: string;
  /** Takes no new request, answers those that run, lets go of everything. */
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 100 * 1_024;

/**
 * Starts one api: validation, problems, request ids, idempotent answers, `/health` and `/openapi.json` are the same in all.
 * @throws Outage when the port is taken
 */
export async function createHttpApp(module: Type, options: HttpAppOptions): Promise<HttpApp> {
  const log = options.log ?? logger(options.name);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule(module, options), adapter(), {
    logger: nestLog(log),
    abortOnError: false,
    routeConflictPolicy: { duplicate: 'error', shadow: 'warn' },
    rawBody: options.rawBody === true,
  });
  watchRequests(app.getHttpAdapter().getInstance());
  await options.configure?.(app);
  app.useGlobalFilters(new ProblemFilter(log, options.ways));
  app.useGlobalPipes(validation());
  app.useGlobalInterceptors(new CommandAnswers());
  await app.init();
  const document = JSON.stringify(openApiDocument(app, options.openapi));
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(document));
  const host = options.host ?? '127.0.0.1';
  await listen(app, options, host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, port, url: `http://${host}:${port}`, close: () => app.close() };
}

function rootModule(module: Type, options: HttpAppOptions): Type {
  @Module({
    imports: [module],
    controllers: [HealthController],
    providers: [{ provide: HEALTH, useValue: { process: options.name, checks: options.health ?? {} } }],
  })
  class HttpAppModule {}
  return HttpAppModule;
}

function adapter(): FastifyAdapter {
  return new FastifyAdapter({
    frameworkErrors: answerUnread,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 200 },
  });
}

/** An address that the server below cannot read reaches no route, and no filter either. */
function answerUnread(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, request.id);
  void reply.status(problem.status).header('x-request-id', request.id).header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem));
}

async function listen(app: NestFastifyApplication, options: HttpAppOptions, host: string): Promise<void> {
  try {
    await app.listen(options.port, host);
  } catch (error) {
    await app.close();
    throw new Outage(
      `${options.name} cannot listen on ${host}:${options.port} (${error instanceof Error ? error.message : String(error)})`,
      {
        cause: error,
      },
    );
  }
}

/** Nest's own words are for the one who builds an application, not for its log: only what went wrong is kept. */
function nestLog(log: Logger): LoggerService {
  const silent = (): void => undefined;
  return {
    log: silent,
    debug: silent,
    verbose: silent,
    warn: (message: unknown) => log.warn({ message }, 'the application framework warns'),
    error: (message: unknown, ...more: unknown[]) => log.error({ message, more }, 'the application framework reports an error'),
    fatal: (message: unknown, ...more: unknown[]) => log.error({ message, more }, 'the application framework reports a fatal error'),
  };
}
