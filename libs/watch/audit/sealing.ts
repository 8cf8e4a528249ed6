import type { Tx } from '#platform/database';
import { defineJob } from '#platform/queue';
import { CHAIN_START, sealDigest } from './chain';
import type { SealedFacts } from './chain';

/** Chains what was committed since the last run; started by the timetable. One sealer works at a time, in the whole installation. */
export const sealAudit = defineJob({
  name: 'audit.seal',
  lane: 'books',
  limit: { rings: 20 },
  run: async ({ work, done }) => {
    await work.run(async (tx) => {
      await sealRecords(tx);
      await done(tx);
    });
  },
});

/** Most records that one transaction seals; the rest follows in the next turn of the loop. */
const BATCH = 2_000;

/**
 * A record with a smaller id may be committed later than one with a greater id, so the sealer looks back this far behind the last one that it sealed;
 * `verify` looks at all of them.
 */
const LOOK_BACK = 100_000;

/** Key of the advisory lock of the sealer; any number that nobody else uses. */
const SEALER_LOCK = 7_265_003;

/** Gives every committed record that has no seal the next position of the chain, in the order of ids. @returns how many were sealed */
export async function sealRecords(tx: Tx): Promise<number> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [SEALER_LOCK]);
  let sealed = 0;
  for (;;) {
    const added = await sealBatch(tx);
    sealed += added;
    if (added < BATCH) return sealed;
  }
}

async function sealBatch(tx: Tx): Promise<number> {
  const facts = await tx.query<SealedFacts>(UNSEALED, [BATCH, LOOK_BACK]);
  if (facts.length === 0) return 0;
  const [last] = await tx.query<{ position: bigint; digest: string }>(
    'SELECT position, digest FROM audit_seal ORDER BY position DESC LIMIT 1',
  );
  let position = last?.position ?? 0n;
  let previous = last?.digest ?? CHAIN_START;
  const seals = facts.map((record) => {
    position += 1n;
    const seal = { position, recordId: record.recordId, previous, digest: sealDigest(position, previous, record) };
    previous = seal.digest;
    return seal;
  });
  await tx.execute(
    'INSERT INTO audit_seal (position, record_id, previous, digest) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])',
    [
      seals.map((seal) => seal.position),
      seals.map((seal) => seal.recordId),
      seals.map((seal) => seal.previous),
      seals.map((seal) => seal.digest),
    ],
  );
  return seals.length;
}

/** The columns of `audit_record r` as a seal covers them. */
export const SEALED_COLUMNS = `r.id::text AS "recordId", r.who, r.act, r.subject, r.details::text AS details, r.request_id AS "requestId",
  to_char(r.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "recordedAt"`;

const UNSEALED = `
  SELECT ${SEALED_COLUMNS} FROM audit_record r
  WHERE r.id > coalesce((SELECT max(record_id) FROM audit_seal), 0) - $2::bigint
    AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.record_id = r.id)
  ORDER BY r.id LIMIT $1`;
