import { createRedisBackend } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import { Outage } from '#kernel/faults';
import type { Bell } from './backend';
import { BullQueues } from './bullmq-bell';

type RedisClient = Redis | Cluster;

/** BullMQ on Redis or Valkey. */
export async function openRedisBell(url: string, prefix: string): Promise<Bell> {
  const ringing = connect(url, ringingOptions);
  const answering = connect(url, answeringOptions);
  const disconnect = (): void => {
    ringing.disconnect();
    answering.disconnect();
  };
  try {
    await checkRedis(ringing);
  } catch (error) {
    disconnect();
    throw error;
  }
  // Braces make all keys of one installation live in one slot of a cluster, which BullMQ's scripts need.
  const queues = new BullQueues({ factory: createRedisBackend, ringing, answering, prefix: `{${prefix}}`, inBulk: true });
  await queues.ready();
  return {
    kind: 'redis',
    ring: (lane, rings) => queues.ring(lane, rings),
    answer: (lane, concurrency, onRing, onError) => queues.answer(lane, concurrency, onRing, onError),
    async close() {
      await queues.close();
      disconnect();
    },
  };
}

/** Whoever rings wants to know at once that Redis is away: no queueing of commands, no waiting for an answer that never comes. */
const ringingOptions: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 2_000,
  connectTimeout: 2_000,
  retryStrategy: comeBack,
};

/** Whoever answers has nothing else to do than to wait until Redis is back. */
const answeringOptions: RedisOptions = { maxRetriesPerRequest: null, connectTimeout: 2_000, retryStrategy: comeBack };

function comeBack(times: number): number {
  return Math.min(50 * times, 1_000);
}

function connect(url: string, options: RedisOptions): RedisClient {
  const client = open(url, { ...options, lazyConnect: true });
  client.on('error', () => undefined);
  return client;
}

function open(url: string, options: RedisOptions): RedisClient {
  if (/^rediss?:\/\//.test(url)) return new Redis(url, options);
  const parts = /^redis-(sentinel|cluster):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/]+)(?:\/(.*))?$/.exec(url);
  if (parts === null) {
    throw new Outage(
      'REDIS_URL is not understood, use redis://, rediss://, redis-sentinel://host:port,host:port/name or redis-cluster://host:port,host:port.',
    );
  }
  const [, kind, user, password, list = '', name] = parts;
  const credentials = {
    ...(user === undefined || user === '' ? {} : { username: decodeURIComponent(user) }),
    ...(password === undefined ? {} : { password: decodeURIComponent(password) }),
  };
  if (kind === 'cluster') return new Cluster(hosts(list, 6_379), clusterOptions(options, credentials));
  return new Redis({
    ...options,
    ...credentials,
    sentinels: hosts(list, 26_379),
    name: name === undefined || name === '' ? 'mymaster' : name,
  });
}

function hosts(list: string, port: number): { host: string; port: number }[] {
  return list.split(',').map((text) => {
    const [host = '', own] = text.split(':');
    return { host, port: own === undefined ? port : Number(own) };
  });
}

function clusterOptions(options: RedisOptions, credentials: Partial<RedisOptions>): ClusterOptions {
  const { enableOfflineQueue = true, retryStrategy, lazyConnect, ...redisOptions } = options;
  return {
    redisOptions: { ...redisOptions, ...credentials },
    enableOfflineQueue,
    lazyConnect,
    clusterRetryStrategy: retryStrategy ?? comeBack,
  };
}

/**
 * Redis must answer, and must refuse writes when it is full instead of dropping keys.
 * @throws Outage in a sentence that says what to do
 */
async function checkRedis(client: RedisClient): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw new Outage(`Redis does not answer (${error instanceof Error ? error.message : String(error)}), check REDIS_URL and the server.`, {
      cause: error,
    });
  }
  const policy = /^maxmemory_policy:(.*?)\r?$/m.exec(await client.info('memory'))?.[1];
  if (policy !== 'noeviction') {
    throw new Outage(
      `Redis has maxmemory-policy ${policy ?? 'unknown'} and would drop jobs when it is full, set maxmemory-policy to noeviction.`,
    );
  }
}
