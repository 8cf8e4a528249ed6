import { DataSource, getMetadataArgsStorage } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import { Outage } from '#kernel/faults';
import { checkServer } from './boot-checks';
import { Listener } from './listening';
import type { Listening } from './listening';
import { Work } from './work';
import { wireTypes } from './wire-types';

/** As whom a process works: `app` changes rows, `read` only looks (`verify`), `owner` migrates. */
export type DatabaseRole = 'app' | 'read' | 'owner';

/** Limits of PostgreSQL for one connection, in milliseconds. */
export interface Timeouts {
  readonly lockMs: number;
  readonly statementMs: number;
  readonly idleInTransactionMs: number;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections this process opens at once, the one for LISTEN not counted. */
  readonly poolSize: number;
  /** Shown in `pg_stat_activity`; the name of the process. */
  readonly applicationName: string;
  readonly role: DatabaseRole;
  /** TypeORM entities; by default every row class that this process has loaded, so that no list can forget one. */
  readonly entities?: DataSourceOptions['entities'];
  /**
   * True for a process whose statements are short and fixed and find rows by their keys: each is planned once, whatever it is asked. To plan anew for each question took a
   * sixth of what PostgreSQL did for the workers. Default: PostgreSQL decides, as is right where a question may have many forms.
   */
  readonly plansOnce?: boolean;
  /** Differences from the role's own limits, e.g. longer statements for the end of day. */
  readonly timeouts?: Partial<Timeouts>;
}

/** An open database. `close` waits for the connections to end. */
export interface Database {
  readonly work: Work;
  readonly dataSource: DataSource;
  /**
   * Hears NOTIFY on one dedicated connection, shared by all channels of this database. After the connection was lost and
   * made again `onNotify` is called without payload: something may have been missed, look for yourself.
   */
  listen(channel: string, onNotify: (payload?: string) => void): Promise<Listening>;
  close(): Promise<void>;
}

const limits: Readonly<Record<DatabaseRole, Timeouts>> = {
  app: { lockMs: 5_000, statementMs: 60_000, idleInTransactionMs: 60_000 },
  read: { lockMs: 5_000, statementMs: 600_000, idleInTransactionMs: 600_000 },
  owner: { lockMs: 60_000, statementMs: 600_000, idleInTransactionMs: 600_000 },
};

/**
 * Opens the pool of one process and checks the server before anybody uses it.
 * @throws Outage when the server cannot be reached or must not be used as it stands; the sentence says what to do
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = new DataSource(dataSourceOptions(options));
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new Outage(`PostgreSQL does not answer (${String(error)}): check the server and the database URL of ${options.applicationName}`, {
      cause: error,
    });
  }
  const work = new Work(dataSource);
  const listener = new Listener({ connectionString: options.url, application_name: `${options.applicationName}-listen` });
  const close = async (): Promise<void> => {
    await listener.close();
    if (dataSource.isInitialized) await dataSource.destroy();
  };
  try {
    await checkServer(work, options);
  } catch (error) {
    await close();
    throw error;
  }
  return { work, dataSource, listen: (channel, onNotify) => listener.listen(channel, onNotify), close };
}

function dataSourceOptions(options: DatabaseOptions): DataSourceOptions {
  const timeouts = { ...limits[options.role], ...options.timeouts };
  return {
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    poolSize: options.poolSize,
    connectTimeoutMS: 10_000,
    entities: options.entities ?? loadedRows(),
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    // An idle connection that breaks is replaced by the pool; whoever uses one gets the error himself.
    poolErrorHandler: () => undefined,
    extra: {
      types: wireTypes,
      keepAlive: true,
      // A connection carries its prepared statements: it is kept between two bursts of work.
      idleTimeoutMillis: 300_000,
      lock_timeout: timeouts.lockMs,
      statement_timeout: timeouts.statementMs,
      idle_in_transaction_session_timeout: timeouts.idleInTransactionMs,
      options: `-c timezone=UTC -c datestyle=ISO,YMD -c default_transaction_isolation=read\\ committed -c plan_cache_mode=${options.plansOnce === true ? 'force_generic_plan' : 'auto'}`,
    },
  };
}

/** Every class with `@Entity` of the persistence folders that were imported. */
function loadedRows(): (Function | string)[] {
  return getMetadataArgsStorage().tables.map((table) => table.target);
}
