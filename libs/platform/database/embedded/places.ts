import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Account } from './account';

/** Where the parts of one embedded server lie. */
export interface Places {
  /** The caller's folder: passwords and port, readable by us alone. */
  readonly home: string;
  /** Copied binaries, readable by the server's account. */
  readonly binaries: string;
  /** PostgreSQL's data folder, owned by the server's account. */
  readonly data: string;
  readonly log: string;
}

/**
 * Chooses and makes the folders. As an ordinary user everything lies in `dataFolder`. As root the server runs under another
 * account, which may be unable to enter `dataFolder` (a clone below a folder of mode 700), so its parts lie in a folder of
 * their own below the system's temporary folder; `dataFolder/location` remembers which.
 */
export function preparePlaces(dataFolder: string, account: Account | undefined): Places {
  const home = resolve(dataFolder);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const root = account === undefined ? home : outsideFolder(home);
  const places = { home, binaries: join(root, 'binaries'), data: join(root, 'data'), log: join(root, 'postgres.log') };
  mkdirSync(places.data, { recursive: true, mode: 0o700 });
  if (account !== undefined) chownSync(places.data, account.uid, account.gid);
  return places;
}

/** The remembered folder if it still is ours alone, else a fresh one with a name that nobody could have taken before. */
function outsideFolder(home: string): string {
  const memory = join(home, 'location');
  const remembered = readIfThere(memory);
  if (remembered !== undefined && isOursAlone(remembered)) return remembered;
  const fresh = mkdtempSync(join(realpathSync(tmpdir()), 'rongqiao-'));
  // Others may pass through, to what is theirs; they cannot list, and never write.
  chmodSync(fresh, 0o711);
  writeFileSync(memory, fresh, { mode: 0o600 });
  return fresh;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A real folder (no link) that belongs to us and that nobody else may write to: nobody can have planted anything in it. */
export function isOursAlone(folder: string): boolean {
  try {
    const facts = lstatSync(folder);
    return facts.isDirectory() && facts.uid === process.getuid?.() && (facts.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
