import type { Tx } from '#platform/database';
import { CHAIN_START, sealDigest } from './chain';
import type { SealedFacts } from './chain';
import { SEALED_COLUMNS } from './sealing';

/** What a walk along the whole chain found. */
export interface AuditVerdict {
  readonly examined: bigint;
  /** One sentence per record or seal that is not as it must be; at most 100. */
  readonly differences: readonly string[];
}

interface SealRow extends SealedFacts {
  readonly position: bigint;
  readonly previous: string;
  readonly digest: string;
  readonly present: boolean;
}

const PAGE = 5_000;
const MOST_NAMED = 100;

/** Walks the chain from its first seal, page by page, and compares every digest with its record. A changed, missing or inserted row is named. */
export async function verifyAuditChain(tx: Tx): Promise<AuditVerdict> {
  const differences: string[] = [];
  let expected = 1n;
  let previous = CHAIN_START;
  let examined = 0n;
  for (;;) {
    const page = await tx.query<SealRow>(PAGE_OF_SEALS, [expected - 1n, PAGE]);
    for (const seal of page) {
      if (seal.position !== expected) differences.push(`audit seal ${expected} is missing`);
      else if (seal.previous !== previous) differences.push(`audit seal ${seal.position} does not follow its predecessor`);
      if (!seal.present) differences.push(`audit record ${seal.recordId} is sealed at ${seal.position} and is gone`);
      else if (sealDigest(seal.position, seal.previous, seal) !== seal.digest)
        differences.push(`audit record ${seal.recordId} was changed after it was sealed`);
      expected = seal.position + 1n;
      previous = seal.digest;
      examined += 1n;
    }
    if (page.length < PAGE || differences.length >= MOST_NAMED) break;
  }
  const late = await tx.query<{ id: bigint }>(UNSEALED_TOO_LONG, [MOST_NAMED]);
  differences.push(...late.map(({ id }) => `audit record ${id} was not sealed within a minute`));
  return { examined, differences: differences.slice(0, MOST_NAMED) };
}

const PAGE_OF_SEALS = `
  SELECT s.position, s.previous, s.digest, r.id IS NOT NULL AS present, ${SEALED_COLUMNS.replace('r.id::text', 's.record_id::text')}
  FROM audit_seal s LEFT JOIN audit_record r ON r.id = s.record_id WHERE s.position > $1 ORDER BY s.position LIMIT $2`;

const UNSEALED_TOO_LONG = `
  SELECT r.id FROM audit_record r WHERE r.recorded_at < clock_timestamp() - interval '1 minute'
    AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.record_id = r.id) ORDER BY r.id LIMIT $1`;
