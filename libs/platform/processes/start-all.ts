import { join } from 'node:path';
import { Bug, Outage } from '#kernel/faults';
import type { BusinessDate } from '#kernel/time';
import { checkPools, withClient } from '#platform/database';
import { startChild } from './child';
import type { Child } from './child';
import { checkBankShares } from './bank-shares';
import { environmentOf } from './environments';
import { prepareDatabase } from './prepare-database';
import { processTable } from './process-table';
import type { AppName, ProcessEntry } from './process-table';
import { sandboxSecrets } from './sandbox-secrets';
import { defaultDataFolder, rootFolder, sandboxDatabase } from './sandbox-database';
import type { PlatformDatabases } from './sandbox-database';
import type { SandboxSecrets } from './sandbox-secrets';
import { introduce } from './introduce';

export interface StartOptions {
  /** The sandbox's own folder: embedded database, secrets, logs. Default `.data` of this clone. */
  readonly dataFolder?: string;
  /** Databases that are there already; without them the embedded server is started. */
  readonly databases?: PlatformDatabases;
  readonly redisUrl?: string | undefined;
  readonly redisPrefix?: string;
  /** First business date of an empty database, ours and the simulated bank's. */
  readonly firstDay: BusinessDate;
  /** Ports by process; a free one by default. */
  readonly ports?: Partial<Record<AppName, number>>;
  /** Processes to start; all by default. The simulator is always among them. */
  readonly processes?: readonly AppName[];
  /** Keys for every process on top of what is set here, e.g. LOG_LEVEL. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told before each step, in words for people. */
  onProgress?(step: { readonly zh: string; readonly en: string }): void;
  /** Told when a process ends although nobody asked it to. */
  onLost?(name: AppName, end: string): void;
}

/** One process of a running platform, for whoever must disturb it: experiments and `up`. */
export interface RunningProcess {
  readonly pid: number;
  readonly port: number | undefined;
  /** Ends it (SIGTERM lets it finish, SIGKILL does not) and waits until it has gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, on the same port, after it has ended. */
  startAgain(): Promise<void>;
}

export interface RunningPlatform {
  readonly databases: PlatformDatabases;
  readonly urls: { readonly customerApi: string; readonly backOfficeApi: string; readonly bank: string };
  readonly secrets: SandboxSecrets;
  readonly logFolder: string;
  process(name: AppName): RunningProcess;
  /** The environment of one more process of this sandbox, on any free port. */
  environment(name: AppName): Readonly<Record<string, string>>;
  /** Ends the processes, the bank after ours, the embedded database last. */
  stop(): Promise<void>;
}

/**
 * Starts a whole sandbox: database, migrations, keys, the bank, and every process of ours, each told where the others are.
 * @throws Outage when something does not start; what had started by then is stopped
 */
export async function startAll(options: StartOptions): Promise<RunningPlatform> {
  const platform = new Platform(options);
  try {
    return await platform.start();
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

class Platform {
  private readonly running = new Map<AppName, Child>();
  private readonly expectedEnds = new Set<Child>();
  private readonly folder: string;
  private readonly secrets: SandboxSecrets;
  private stopDatabase: (() => Promise<void>) | undefined;
  private databases: PlatformDatabases | undefined;

  constructor(private readonly options: StartOptions) {
    this.folder = options.dataFolder ?? defaultDataFolder();
    this.secrets = sandboxSecrets(join(this.folder, 'sandbox-secrets.json'));
  }

  async start(): Promise<RunningPlatform> {
    const { firstDay } = this.options;
    const databases = await this.openDatabases();
    this.databases = databases;
    this.tell('迁移数据库', 'migrating the database');
    await prepareDatabase({ ...databases, sandbox: true, firstDay });
    await this.checkConnections(databases.appUrl);
    this.checkRates();
    this.tell('启动模拟银行', 'starting the simulated bank');
    await this.startOne('bank-simulator');
    const wanted = this.wanted().filter((name) => name !== 'bank-simulator');
    this.tell(`启动 ${wanted.join(', ')}`, `starting ${wanted.join(', ')}`);
    await allOrFirstFailure(wanted.map((name) => this.startOne(name)));
    const urls = {
      customerApi: this.urlOf('customer-api'),
      backOfficeApi: this.urlOf('back-office-api'),
      bank: this.urlOf('bank-simulator'),
    };
    if (urls.customerApi !== '') await introduce(urls.bank, urls.customerApi);
    this.tell('全部就绪', 'everything is ready');
    return {
      databases,
      urls,
      secrets: this.secrets,
      logFolder: join(this.folder, 'logs'),
      process: (name) => this.handle(name),
      environment: (name) => this.environment(name, 0),
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<void> {
    const names = this.wanted().toReversed();
    await Promise.all(names.filter((name) => name !== 'bank-simulator').map((name) => this.end(name, 'SIGTERM')));
    await this.end('bank-simulator', 'SIGTERM');
    await this.stopDatabase?.();
    this.stopDatabase = undefined;
  }

  private async openDatabases(): Promise<PlatformDatabases> {
    if (this.options.databases !== undefined) return this.options.databases;
    this.tell('启动内嵌 PostgreSQL', 'starting the embedded PostgreSQL');
    const databases = await sandboxDatabase(this.folder);
    this.stopDatabase = () => databases.stop();
    return databases;
  }

  private async checkConnections(appUrl: string): Promise<void> {
    const entries = this.wanted().map(entryOf);
    const usable = await withClient(appUrl, async (client) => {
      const result = await client.query<{ usable: number }>(
        `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - current_setting('reserved_connections')::int AS usable`,
      );
      return result.rows[0]?.usable ?? 0;
    });
    checkPools(
      entries.map((entry) => ({ process: entry.name, connections: entry.connections })),
      usable,
    );
  }

  /** What each will read counts, also when the caller has replaced it. */
  private checkRates(): void {
    const shares = this.wanted().map((process) => ({ process, share: Number(this.environment(process, 0)['BANK_RATE_SHARE'] ?? 0) }));
    checkBankShares(shares.filter(({ share }) => share > 0));
  }

  private async startOne(name: AppName, port = this.options.ports?.[name] ?? 0): Promise<void> {
    const env = this.environment(name, port);
    const child = await startChild(entryOf(name), { dist: join(rootFolder(), 'dist'), logFolder: join(this.folder, 'logs'), env });
    this.running.set(name, child);
    void child.ended.then((end) => {
      if (!this.expectedEnds.has(child)) this.options.onLost?.(name, end);
    });
  }

  private environment(name: AppName, port: number): Record<string, string> {
    return environmentOf(name, {
      databases: this.databases ?? unreachable(),
      secrets: this.secrets,
      firstDay: this.options.firstDay,
      port,
      bankUrl: this.urlOf('bank-simulator'),
      redisUrl: this.options.redisUrl,
      redisPrefix: this.options.redisPrefix,
      more: this.options.environment ?? {},
    });
  }

  private async end(name: AppName, signal: NodeJS.Signals): Promise<void> {
    const child = this.running.get(name);
    if (child === undefined) return;
    this.expectedEnds.add(child);
    await child.end(signal);
  }

  private handle(name: AppName): RunningProcess {
    const child = this.running.get(name);
    if (child === undefined) throw new Bug(`${name} was never started`);
    return {
      pid: child.pid,
      port: child.port,
      end: (signal) => this.end(name, signal),
      startAgain: () => this.startOne(name, child.port ?? 0),
    };
  }

  private wanted(): readonly AppName[] {
    const { processes } = this.options;
    return processTable.map((entry) => entry.name).filter((name) => name === 'bank-simulator' || (processes?.includes(name) ?? true));
  }

  private urlOf(name: AppName): string {
    const port = this.running.get(name)?.port;
    return port === undefined ? '' : `http://127.0.0.1:${port}`;
  }

  private tell(zh: string, en: string): void {
    this.options.onProgress?.({ zh, en });
  }
}

/** Waits for all even when one has failed: what is still starting could not be stopped otherwise. */
async function allOrFirstFailure(starts: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(starts);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function entryOf(name: AppName): ProcessEntry {
  const entry = processTable.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Bug(`${name} is not in the process table`);
  return entry;
}

function unreachable(): never {
  throw new Outage('a process was to be started before its database');
}
