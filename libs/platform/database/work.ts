import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { ClientBase, QueryConfig } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Bug, Outage } from '#kernel/faults';
import { isRepeatable, isStaleStatement, isWorldFailure } from './sql-errors';

/** One open transaction. It is always an argument, never ambient, and is of no use after its run has ended. */
export interface Tx {
  /** TypeORM's view of this transaction, for the repositories of `persistence/`. */
  readonly manager: EntityManager;
  /**
   * Rows of one statement. Parameters may be `bigint`, `Date`, text, numbers, null and arrays of these (a PostgreSQL array
   * each: `unnest($1::uuid[], $2::bigint[])`). JSON goes in as text: `JSON.stringify(…)` for a `jsonb` parameter.
   */
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs one statement. @returns the number of rows it changed */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
  /** Runs `fn` once the COMMIT is known to have taken place, outside of the transaction. It must not throw. */
  afterCommit(fn: () => void): void;
}

/** How often one unit of work is tried when PostgreSQL asks for a repetition. */
const MAX_ATTEMPTS = 4;

/** How many connections with statements from before a migration one unit of work goes through at most; each that is found is closed. */
const MAX_STALE = 200;

interface Mark {
  open: boolean;
}
const running = new AsyncLocalStorage<Mark>();

/**
 * Refuses to go on inside a transaction. Whoever talks to the outside (bank, HTTP, Redis) calls this first: a call inside a
 * transaction holds locks for as long as a stranger likes, and cannot be rolled back.
 * @throws Bug when a run is open in this chain of calls
 */
export function refuseInsideTransaction(what: string): void {
  if (running.getStore()?.open === true) throw new Bug(`${what} was called inside a database transaction`);
}

/** Units of work: the only way to the database. */
export class Work {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `fn` in one READ COMMITTED transaction and commits. Repeated up to three times when PostgreSQL reports a
   * serialization failure, a deadlock or a lock timeout, so `fn` must have no effect but through `tx`.
   * @throws Bug when called inside another run; Outage when the database failed (its message says so when it is not known
   * whether the commit took place); whatever `fn` throws, after the rollback
   */
  run<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.start(fn, false);
  }

  /** Runs `fn` in one READ ONLY transaction that sees a single snapshot (REPEATABLE READ). Errors as for `run`. */
  read<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.start(fn, true);
  }

  /**
   * One statement that is a whole transaction, in one trip: for hot paths whose decision is one function in the database. Repeated and failing as `run`;
   * when the connection is lost, it is not known whether the statement took place, and the Outage says so.
   */
  once<Row>(sql: string, params: readonly unknown[]): Promise<Row[]> {
    refuseInsideTransaction('work.once');
    return this.repeated(() => statementOnce<Row>(this.dataSource, sql, params));
  }

  private start<T>(fn: (tx: Tx) => Promise<T>, readOnly: boolean): Promise<T> {
    refuseInsideTransaction('work.run');
    return this.repeated(() => attemptOnce(this.dataSource, fn, readOnly));
  }

  private async repeated<T>(attemptIt: () => Promise<T>): Promise<T> {
    for (let attempt = 1, stale = 0; ;) {
      try {
        return await attemptIt();
      } catch (error) {
        if (isStaleStatement(error) && stale < MAX_STALE) {
          stale += 1;
          continue;
        }
        if (!isRepeatable(error) || attempt === MAX_ATTEMPTS) throw asOutage(error);
        await pause(attempt);
        attempt += 1;
      }
    }
  }
}

async function attemptOnce<T>(dataSource: DataSource, fn: (tx: Tx) => Promise<T>, readOnly: boolean): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const callbacks: (() => void)[] = [];
  try {
    const client = (await runner.connect()) as ClientBase;
    const result = await inTransaction(client, readOnly, () => fn(transaction(runner, client, callbacks)));
    callbacks.forEach(runCallback);
    return result;
  } finally {
    await runner.release();
  }
}

async function statementOnce<Row>(dataSource: DataSource, sql: string, params: readonly unknown[]): Promise<Row[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as ClientBase;
    return await inOneStatement<Row>(client, sql, params);
  } finally {
    await runner.release();
  }
}

async function inOneStatement<Row>(client: ClientBase, sql: string, params: readonly unknown[]): Promise<Row[]> {
  try {
    return await lostInDoubt(() => client.query(prepared(sql, params)).then(({ rows }) => rows as Row[]));
  } catch (error) {
    if (isStaleStatement(error)) await end(client);
    throw error;
  }
}

/** BEGIN, the work, COMMIT: three trips and no more, since every job of the platform pays for them. */
async function inTransaction<T>(client: ClientBase, readOnly: boolean, fn: () => Promise<T>): Promise<T> {
  try {
    await client.query(readOnly ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN');
    const result = await marked(fn);
    await commit(client);
    return result;
  } catch (error) {
    await rollBack(client);
    if (isStaleStatement(error)) await end(client);
    throw error;
  }
}

async function marked<T>(fn: () => Promise<T>): Promise<T> {
  const mark: Mark = { open: true };
  try {
    return await running.run(mark, fn);
  } finally {
    // What was started inside and lives on (a timer, a later promise) is no longer inside.
    mark.open = false;
  }
}

function transaction(runner: QueryRunner, client: ClientBase, callbacks: (() => void)[]): Tx {
  return {
    manager: runner.manager,
    async query<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
      const result = await client.query(prepared(sql, params));
      return result.rows as Row[];
    },
    async execute(sql, params = []) {
      const result = await client.query(prepared(sql, params));
      return result.rowCount ?? 0;
    },
    afterCommit(fn) {
      callbacks.push(fn);
    },
  };
}

const names = new Map<string, string>();

/** More texts than this are not our own fixed statements any more: the rest goes without a name, as before. */
const MAX_PREPARED = 2_000;

/**
 * The statement under a name of its text, so that each connection parses it once and PostgreSQL may keep its plan: most of the cost of a small
 * statement is its planning. A text with a semicolon may hold several commands and is sent as it is.
 */
function prepared(text: string, params: readonly unknown[]): QueryConfig {
  if (params.length === 0 && text.includes(';')) return { text };
  let name = names.get(text);
  if (name === undefined && names.size < MAX_PREPARED) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
    names.set(text, name);
  }
  return { text, values: [...params], ...(name === undefined ? {} : { name }) };
}

async function commit(client: ClientBase): Promise<void> {
  const word = await lostInDoubt(async () => (await client.query('COMMIT')).command);
  // PostgreSQL answers ROLLBACK, and no error, when a statement had failed and somebody went on as if it had not.
  if (word !== 'COMMIT') throw new Bug('a statement of this transaction failed, its error was swallowed, and nothing was committed');
}

/** What is sent commits by itself: when the world fails meanwhile, nobody knows whether it did. */
async function lostInDoubt<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (isWorldFailure(error) && !isRepeatable(error)) {
      throw new Outage('the connection was lost during COMMIT: it is not known whether the transaction took place', { cause: error });
    }
    throw error;
  }
}

async function rollBack(client: ClientBase): Promise<void> {
  try {
    await client.query('ROLLBACK');
  } catch {
    // The connection is gone, and the transaction with it. A connection in doubt must not go back to the pool.
    await end(client);
  }
}

/** The pool throws away what has ended when it is given back. */
async function end(client: ClientBase): Promise<void> {
  if (hasEnd(client)) await client.end().catch(() => undefined);
}

function hasEnd(connection: unknown): connection is { end(): Promise<void> } {
  return typeof connection === 'object' && connection !== null && 'end' in connection && typeof connection.end === 'function';
}

/** The commit stands whatever a callback does, so its error is nobody's answer: it ends the process as any uncaught error. */
function runCallback(fn: () => void): void {
  try {
    fn();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}

function asOutage(error: unknown): unknown {
  if (error instanceof Outage || !isWorldFailure(error)) return error;
  return new Outage(`the database did not answer as it should: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}

/** A short random pause, so that the two who met do not meet again at once. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
}
