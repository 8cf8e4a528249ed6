import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Outage } from '#kernel/faults';
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

class HealthAnswer {
  @ApiProperty({ enum: ['up'] })
  status!: 'up';

  @ApiProperty({ example: 'customer-api' })
  process!: string;
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(HEALTH) private readonly health: Health) {}

  @Public()
  @Get()
  @ApiOperation({ operationId: 'health', summary: '健康检查 | whether this process can work' })
  @ApiOkResponse({ type: HealthAnswer })
  async ask(): Promise<HealthAnswer> {
    await Promise.all(Object.entries(this.health.checks).map(([name, check]) => within(name, check)));
    return { status: 'up', process: this.health.process };
  }
}

async function within(name: string, check: HealthCheck): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Outage(`${name} did not answer within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    await Promise.race([check(), late]);
  } catch (error) {
    throw new Outage(`${name} is away`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
