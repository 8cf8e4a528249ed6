import { newId } from '#kernel/ids';
import type { Tx } from '#platform/database';
import { OperatorRow } from './operator.row';

export function list(tx: Tx): Promise<OperatorRow[]> {
  return tx.manager.find(OperatorRow, { order: { login: 'ASC' } });
}

/** Adds operators whose login is free. @returns the logins that were added */
export async function addNew(tx: Tx, operators: readonly Pick<OperatorRow, 'login' | 'password_hash' | 'roles'>[]): Promise<string[]> {
  const added: string[] = [];
  for (const { login, password_hash: hash, roles } of operators) {
    const rows = await tx.query<{ login: string }>(
      `INSERT INTO operator (id, login, password_hash, roles) VALUES ($1, $2, $3, $4) ON CONFLICT (login) DO NOTHING RETURNING login`,
      [newId(), login, hash, roles],
    );
    added.push(...rows.map((row) => row.login));
  }
  return added;
}
