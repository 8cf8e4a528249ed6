import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '#platform/database';

/** Databases of one sandbox, each as the role that uses it. */
export interface PlatformDatabases {
  readonly appUrl: string;
  readonly ownerUrl: string;
  readonly readUrl: string;
  readonly bankUrl: string;
}

/** Databases on the embedded server. */
export interface EmbeddedDatabases extends PlatformDatabases {
  stop(): Promise<void>;
}

/** The sandbox's databases on the embedded server, started for this process. One process at a time may have them. */
export async function sandboxDatabase(dataFolder = defaultDataFolder()): Promise<EmbeddedDatabases> {
  const server = await startEmbeddedPostgres({ dataFolder: join(dataFolder, 'postgres') });
  const { appUrl, ownerUrl, readUrl, bankUrl } = server;
  return { appUrl, ownerUrl, readUrl, bankUrl, stop: () => server.stop() };
}

/**
 * Removes what a sandbox keeps in its folder, so that the next one begins with nothing: database, secrets, logs.
 * @throws Outage when another process that still runs uses it
 */
export function removeSandbox(dataFolder: string): void {
  removeEmbeddedPostgres(join(dataFolder, 'postgres'));
  for (const kept of ['sandbox-secrets.json', 'logs']) rmSync(join(dataFolder, kept), { recursive: true, force: true });
}

/** `.data` of this clone: everything that a sandbox keeps. */
export function defaultDataFolder(): string {
  return join(rootFolder(), '.data');
}

/** The folder of this clone, from source and from `dist/` alike. */
export function rootFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
