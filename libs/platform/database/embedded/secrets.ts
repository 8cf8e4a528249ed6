import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabasePasswords } from '../provisioning';

/** Passwords of one embedded server. */
export type EmbeddedPasswords = DatabasePasswords & { readonly superuser: string };

/** The passwords of a data folder: made once, kept in a file that only we can read. */
export function passwordsOf(home: string): EmbeddedPasswords {
  const file = join(home, 'passwords.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as EmbeddedPasswords;
  const password = (): string => randomBytes(24).toString('hex');
  const made = { superuser: password(), owner: password(), app: password(), read: password(), bank: password() };
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(made, null, 2), { mode: 0o600 });
  renameSync(unfinished, file);
  return made;
}
