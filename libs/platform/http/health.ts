import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from './access';

/** One thing that a process needs in order to work; rejects when it is not there. */
export type HealthCheck = () => Promise<unknown>;

/** The checks of a process by name, each answered within the limit. */
export interface Health {
  readonly process: string;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

export const HEALTH = Symbol('health');

const LIMIT_MS = 2_000;

type Standing = 'up' | 'down';

class HealthAnswer {
  @ApiProperty({ enum: ['up', 'down'] })
  status!: Standing;

  @ApiProperty({ example: 'customer-api' })
  process!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['up', 'down'] },
    example: { postgresql: 'up' },
    description: '逐项检查结果 | what was asked, by name',
  })
  checks!: Readonly<Record<string, Standing>>;
}

/**
 * Asks what the process needs, each time; 503 when something does not answer. Anybody may ask, so each thing is asked once at a time: who asks meanwhile
 * waits for that answer, and a flood of questions is one question.
 */
@ApiTags('health')
@Controller('health')
export class HealthController {
  private readonly asked = new Map<string, Promise<Standing>>();

  constructor(@Inject(HEALTH) private readonly health: Health) {}

  @Public()
  @Get()
  @ApiOperation({ operationId: 'health', summary: '健康检查 | whether this process can work' })
  @ApiOkResponse({ type: HealthAnswer })
  @ApiServiceUnavailableResponse({ type: HealthAnswer, description: '至少一项不可用 | something that it needs is away' })
  async ask(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthAnswer> {
    const answers = Object.entries(this.health.checks).map(async ([name, check]) => [name, await this.within(name, check)] as const);
    const checks = Object.fromEntries(await Promise.all(answers));
    const status = Object.values(checks).includes('down') ? 'down' : 'up';
    if (status === 'down') void reply.status(503);
    return { status, process: this.health.process, checks };
  }

  private async within(name: string, check: HealthCheck): Promise<Standing> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Standing>((resolve) => {
      timer = setTimeout(() => resolve('down'), LIMIT_MS);
    });
    const standing = await Promise.race([this.once(name, check), late]);
    clearTimeout(timer);
    return standing;
  }

  /** The question that is out already, or a new one. What outlasts its limit is not asked again before it has ended. */
  private once(name: string, check: HealthCheck): Promise<Standing> {
    const out = this.asked.get(name) ?? standingOf(check).finally(() => this.asked.delete(name));
    this.asked.set(name, out);
    return out;
  }
}

async function standingOf(check: HealthCheck): Promise<Standing> {
  try {
    await check();
    return 'up';
  } catch {
    return 'down';
  }
}
