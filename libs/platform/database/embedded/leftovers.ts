import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Outage } from '#kernel/faults';
import { postmasterOf } from './server-process';

/**
 * The server that still runs on a data folder. A `postmaster.pid` whose number belongs to somebody else by now, as after a
 * restart of the machine, is removed: nothing must ever be signalled by its number alone.
 */
export function leftoverServer(data: string): { pid: number; port: number } | undefined {
  const left = postmasterOf(data);
  if (left === undefined) return undefined;
  if (commandOf(left.pid).includes(data)) return left;
  rmSync(join(data, 'postmaster.pid'), { force: true });
  return undefined;
}

/**
 * Notes that this process is the one whose end stops the server of this folder.
 * @throws Outage when another process that still runs has noted the same
 */
export function claimHome(home: string): void {
  const file = join(home, 'used-by');
  const pid = Number(readIfThere(file));
  if (pid > 0 && pid !== process.pid && /node|rongqiao/.test(commandOf(pid))) {
    throw new Outage(`another Rongqiao (process ${pid}) uses ${home}: end it first, or set DATABASE_URL.`);
  }
  writeFileSync(file, String(process.pid), { mode: 0o600 });
}

/** The command line of a process, empty when there is none. */
function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
