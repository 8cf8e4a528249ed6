import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { claimHome } from './leftovers';
import { isOursAlone } from './places';

/**
 * Removes everything that an embedded server keeps: its data folder, and the folder outside of it where there is one. Nothing there is nothing to do.
 * @throws Outage when another process that still runs uses it
 */
export function removeEmbeddedPostgres(dataFolder: string): void {
  const home = resolve(dataFolder);
  if (!existsSync(home)) return;
  claimHome(home);
  const memory = join(home, 'location');
  const outside = existsSync(memory) ? readFileSync(memory, 'utf8').trim() : '';
  if (/\/rongqiao-[A-Za-z0-9]{6}$/.test(outside) && isOursAlone(outside)) rmSync(outside, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}
