import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Bug } from '#kernel/faults';
import type { Tx } from '#platform/database';

/**
 * Streams rows in COPY's text format into a table, inside the transaction. When the rows end with an error the COPY is called off, and the transaction
 * with it.
 * @param statement `COPY table (columns) FROM STDIN`
 */
export async function copyRows(tx: Tx, statement: string, rows: AsyncIterable<Buffer>): Promise<void> {
  const client: unknown = await tx.manager.queryRunner?.connect();
  if (!isClient(client)) throw new Bug('the transaction has no connection of pg that could COPY');
  await pipeline(rows, client.query(copyFrom(statement)));
}

function isClient(value: unknown): value is ClientBase {
  return typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function';
}
