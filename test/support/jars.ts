import 'reflect-metadata';
import { Body, Controller, Get, Inject, Injectable, Module, Post, Query } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Bug, Outage, Refusal, refusals } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import { fenToJson } from '#kernel/money';
import type { Fen } from '#kernel/money';
import type { Work } from '#platform/database';
import {
  ApiPage,
  BusinessDateField,
  Command,
  createHttpApp,
  FenField,
  Idempotent,
  isPublic,
  pageOf,
  PageQuery,
  decodeCursor,
  Public,
  PublicIdField,
  PublicIdParam,
  runCommand,
} from '#platform/http';
import type { CommandRequest, HttpApp } from '#platform/http';
import { currentRequestId } from '#platform/logging';
import type { Logger } from '#platform/logging';

const WORK = Symbol('work');
const codes = refusals({
  JAR_FULL: { kind: 'conflict', zh: '罐子满了', en: 'the jar is full' },
  JAR_FORBIDDEN: { kind: 'forbidden', zh: '不是你的罐子', en: 'not your jar' },
});

class PutDto {
  @FenField()
  amountFen!: Fen;

  @ApiProperty()
  @IsString()
  @MaxLength(20)
  note!: string;

  @PublicIdField('ord', { optional: true })
  orderId?: Uuid;

  @BusinessDateField({ optional: true })
  on?: string;
}

class JarDto {
  @ApiProperty()
  name!: string;
}

@Controller('jars')
class JarController {
  constructor(@Inject(WORK) private readonly work: Work) {}

  @Post(':jar/coins')
  @Idempotent()
  @ApiOperation({ operationId: 'put', summary: 'put money into a jar' })
  put(@Body() body: PutDto, @Command() command: CommandRequest) {
    return runCommand(this.work, { actor: 'anna', ...command }, async (tx) => {
      if (body.note === 'full') throw new Refusal(codes.JAR_FULL, { leftFen: 3 });
      if (body.note === 'later') throw new Outage('the jar is away');
      const [row] = await tx.query<{ n: number }>('INSERT INTO coin (fen) VALUES ($1) RETURNING id::int AS n', [body.amountFen]);
      return { coin: row?.n, amountFen: fenToJson(body.amountFen), orderId: body.orderId ?? null };
    });
  }

  @Get()
  @ApiOperation({ operationId: 'list', summary: 'the jars' })
  @ApiPage(JarDto)
  list(@Query() page: PageQuery) {
    const from = Number(decodeCursor(page.after, 'number')?.[0] ?? -1) + 1;
    const rows = Array.from({ length: 25 }, (_, i) => i).slice(from, from + page.limit + 1);
    return pageOf(
      rows,
      page.limit,
      (row) => [String(row)],
      (row) => ({ name: `jar ${row}` }),
    );
  }

  @Get(':jar')
  @ApiOkResponse({ type: JarDto })
  @ApiOperation({ operationId: 'show', summary: 'one jar' })
  show(@PublicIdParam('jar', 'jar') jar: Uuid) {
    return { name: jar };
  }
}

@Injectable()
class Guard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const headers = context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers;
    return isPublic(this.reflector, context) || headers['x-stranger'] === undefined;
  }
}

@Public()
@Controller('faults')
class FaultController {
  @Get('refusal')
  refusal() {
    throw new Refusal(codes.JAR_FORBIDDEN);
  }
  @Get('outage')
  outage() {
    throw new Outage('the bank is away');
  }
  @Get('bug')
  bug() {
    throw new Bug('secret inner words');
  }
  @Get('unknown')
  unknown() {
    throw new TypeError('secret inner words');
  }
  @Post('echo-request-id')
  async requestId(@Body() body: object) {
    await new Promise((resolve) => setImmediate(resolve));
    return { requestId: currentRequestId(), keys: Object.keys(body).length };
  }
}

/** A tiny api with everything that every api has: jars into which money is put. Its database has a table `coin (id, fen)`. */
export function jarApi(work: Work, log: Logger, health: () => Promise<unknown>): Promise<HttpApp> {
  @Module({
    controllers: [JarController, FaultController],
    providers: [
      { provide: WORK, useValue: work },
      { provide: APP_GUARD, useClass: Guard },
    ],
  })
  class JarModule {}
  const openapi = { title: '罐子 | Jars', description: 'Money in jars.', cookie: 'session' };
  return createHttpApp(JarModule, { name: 'jars', port: 0, openapi, log, health: { database: health } });
}
