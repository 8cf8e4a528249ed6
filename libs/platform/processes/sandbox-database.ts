import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startEmbeddedPostgres } from '#platform/database';

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
