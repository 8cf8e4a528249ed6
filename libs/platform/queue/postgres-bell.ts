import { createPostgresBackend, runMigrations } from 'bullmq';
import { Client } from 'pg';
import type { Pool } from 'pg';
import { Outage } from '#kernel/faults';
import type { Bell } from './backend';
import { BullQueues } from './bullmq-bell';
import { lanes } from './lanes';

/** BullMQ's own schema; its name is fixed for whoever hands BullMQ a ready pool. */
const SCHEMA = 'bullmq';

/** BullMQ on PostgreSQL, through one ready pool of the process. */
export async function openPostgresBell(pool: Pool): Promise<Bell> {
  // Each of BullMQ's objects watches the pool for errors: two a lane, more than the ten that Node takes for a leak.
  pool.setMaxListeners(4 * lanes.length);
  // BullMQ's bulk call makes temporary tables, which the application's role may not, and which cost more than they save here.
  const queues = new BullQueues({ factory: createPostgresBackend, ringing: pool, answering: pool, inBulk: false });
  try {
    await queues.ready();
  } catch (error) {
    await queues.close();
    throw new Outage(
      `the queue's schema "${SCHEMA}" cannot be used (${error instanceof Error ? error.message : String(error)}), run "rongqiao migrate" first.`,
      { cause: error },
    );
  }
  return {
    kind: 'postgres',
    ring: (lane, rings) => queues.ring(lane, rings),
    answer: (lane, concurrency, onRing, onError) => queues.answer(lane, concurrency, onRing, onError),
    close: () => queues.close(),
  };
}

/**
 * Brings BullMQ's schema up to this version, as the owner, and lets the application's role use it. May be repeated. Run it
 * on Redis installations too: changing the backend must not need a migration.
 */
export async function migrateQueue(ownerUrl: string, appRole: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'migrate-queue' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
    const role = client.escapeIdentifier(appRole);
    await client.query(`
      GRANT USAGE ON SCHEMA ${SCHEMA} TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${role};
      GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO ${role};
      REVOKE INSERT, UPDATE, DELETE ON ${SCHEMA}.migration FROM ${role}`);
  } finally {
    await client.end();
  }
}
