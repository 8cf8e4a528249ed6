import { readFileSync } from 'node:fs';
import { Outage } from '#kernel/faults';

/** The account under which PostgreSQL runs; undefined when it is our own. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Accounts without rights that nearly every system has, in order of preference. */
const candidates = ['nobody', 'postgres', 'daemon'];

/**
 * PostgreSQL refuses to run as root. Started by root it runs as an account that is already there: creating users on
 * somebody's machine is not ours to do.
 * @throws Outage when the system has none of the usual accounts
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const candidate of candidates) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${candidate}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Outage(
    `the embedded PostgreSQL cannot run as root and /etc/passwd has none of ${candidates.join(', ')}: start Rongqiao as an ordinary user` +
      ' or set DATABASE_URL.',
  );
}
