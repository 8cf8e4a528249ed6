import { startClock } from '#platform/clock';
import { migrate, openDatabase, ROLES } from '#platform/database';
import { migrateQueue } from '#platform/queue';
import type { BusinessDate } from '#kernel/time';

export interface PreparedDatabase {
  /** Migrations that this run applied, by name. */
  readonly applied: readonly string[];
  /** Migrations that were there before. */
  readonly present: number;
  /** The business date of the database; undefined when none was ever opened. */
  readonly businessDate: BusinessDate | undefined;
}

export interface DatabaseToPrepare {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly readUrl: string;
  readonly sandbox: boolean;
  readonly firstDay: BusinessDate | undefined;
}

/** All that a database needs before the first process starts: our schema, the queue's, and the first business day. May be repeated. */
export async function prepareDatabase(database: DatabaseToPrepare): Promise<PreparedDatabase> {
  const appRole = roleOf(database.appUrl) ?? ROLES.app;
  const readRole = roleOf(database.readUrl) ?? ROLES.read;
  const report = await migrate({ ownerUrl: database.ownerUrl, appRole, readRole });
  await migrateQueue(database.ownerUrl, appRole);
  const opened = await openDatabase({ url: database.appUrl, poolSize: 1, applicationName: 'migrate', role: 'app' });
  try {
    return { ...report, businessDate: await opened.work.run((tx) => startClock(tx, database.firstDay, database.sandbox)) };
  } finally {
    await opened.close();
  }
}

/** The role with which a URL connects. */
function roleOf(url: string): string | undefined {
  const name = decodeURIComponent(new URL(url).username);
  return name === '' ? undefined : name;
}
