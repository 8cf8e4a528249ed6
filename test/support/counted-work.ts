import { Work } from '#platform/database';
import type { Tx } from '#platform/database';
import { Outage } from '#kernel/faults';

/** The way to the database with a counter at it: how many transactions were begun, and which statements were sent in them. */
export class CountedWork extends Work {
  transactions = 0;
  readonly statements: string[] = [];
  /** While it is set, the database is away. */
  isAway = false;

  override run<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    return super.run(this.counted(fn));
  }

  override read<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    return super.read(this.counted(fn));
  }

  override once<Row>(sql: string, params: readonly unknown[]): Promise<Row[]> {
    this.transactions += 1;
    this.statements.push(sql);
    return super.once<Row>(sql, params);
  }

  private counted<T>(fn: (tx: Tx) => Promise<T>): (tx: Tx) => Promise<T> {
    return (tx) => {
      this.transactions += 1;
      if (this.isAway) throw new Outage('the database is away');
      return fn({
        ...tx,
        query: (sql, params) => {
          this.statements.push(sql);
          return tx.query(sql, params);
        },
        execute: (sql, params) => {
          this.statements.push(sql);
          return tx.execute(sql, params);
        },
      });
    };
  }
}
