import { join } from 'node:path';
import { Outage } from '#kernel/faults';
import { loadConfig } from '#platform/config';
import { openDatabase, startEmbeddedPostgres } from '#platform/database';
import type { Database, DatabaseRole } from '#platform/database';
import { sandboxDatabase } from '#platform/processes';

/** An open database of the platform for a command that looks at its books. */
export interface OpenBooks {
  readonly database: Database;
  close(): Promise<void>;
}

/**
 * Opens the books: the database that the environment names, otherwise the sandbox's. A sandbox that is up is joined; one that is not is started and stopped again.
 * @param folder of the sandbox's data; by default the one of this clone
 */
export async function openBooks(role: Extract<DatabaseRole, 'read' | 'app'>, folder?: string): Promise<OpenBooks> {
  const given = folder === undefined ? urlFromEnvironment(role) : undefined;
  if (given !== undefined) return opened(given, role, () => Promise.resolve());
  try {
    const sandbox = await sandboxDatabase(folder);
    return await opened(role === 'read' ? sandbox.readUrl : sandbox.appUrl, role, () => sandbox.stop());
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
    // Another process has the sandbox: its server answers, and stays when we go.
    const server = await startEmbeddedPostgres({ dataFolder: join(folder ?? '.data', 'postgres'), endsWithUs: false });
    return opened(role === 'read' ? server.readUrl : server.appUrl, role, () => Promise.resolve());
  }
}

function urlFromEnvironment(role: 'read' | 'app'): string | undefined {
  const name = role === 'read' ? 'DATABASE_READ_URL' : 'DATABASE_URL';
  const isGiven = process.env[name] !== undefined || process.env[`${name}_FILE`] !== undefined;
  if (!isGiven) return undefined;
  return role === 'read' ? loadConfig('verify', process.env).DATABASE_READ_URL : loadConfig('migrate', process.env).DATABASE_URL;
}

async function opened(url: string, role: 'read' | 'app', stop: () => Promise<void>): Promise<OpenBooks> {
  const database = await openDatabase({ url, poolSize: 2, applicationName: 'command-line', role });
  return {
    database,
    close: async () => {
      await database.close();
      await stop();
    },
  };
}

/** The value of an option, written `--name value` or `--name=value`. */
export function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at === -1) return undefined;
  const arg = args[at]!;
  return arg === name ? args[at + 1] : arg.slice(name.length + 1);
}
