import pg from 'pg';

/** Somewhere SQL can be asked: a pooled reader, or the cashier's open transaction. */
export interface Session {
  /** int8 comes as `bigint`, date and timestamp as text. Statements are prepared by their text, so keep the text constant. */
  rows<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/** The simulator's own pool. Parsers belong to this pool only: nothing global is changed. */
export function openPool(databaseUrl: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: size,
    application_name: 'bank-simulator',
    idleTimeoutMillis: 300_000,
    types: { getTypeParser },
  });
  // A connection that breaks while idle is replaced by the pool; whoever uses a broken one hears of it himself.
  pool.on('error', () => undefined);
  return pool;
}

export function sessionOf(connection: Pick<pg.Pool | pg.PoolClient, 'query'>): Session {
  return {
    rows: async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
      const result = await connection.query<Row>({ name: nameOf(sql), text: sql, values: [...values] });
      return result.rows;
    },
  };
}

const getTypeParser = ((oid: number, format?: 'text' | 'binary') => {
  if (oid === INT8) return (text: string) => BigInt(text);
  if (oid === DATE || oid === TIMESTAMPTZ) return (text: string) => text;
  return pg.types.getTypeParser(oid, format as 'text');
}) as typeof pg.types.getTypeParser;

const names = new Map<string, string>();

function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = `bank_${names.size + 1}`;
  names.set(sql, name);
  return name;
}
