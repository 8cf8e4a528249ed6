import { verifyAuditChain } from '#watch/audit';
import { entryKinds } from '#registers/ledger';
import { byQuery, MOST_NAMED } from './invariant';
import type { Difference, Invariant } from './invariant';

/** Entries that no bank order caused: what the bank's statement says by itself, and what corrects it. */
const WITHOUT_ORDER = "('OPENING', 'OUTSIDE_IN', 'OUTSIDE_OUT', 'ADJUSTMENT')";

/** Bank orders whose end writes no entry. */
const WITHOUT_MONEY = "('BATCH', 'LISTING_REGISTER', 'LISTING_UPDATE', 'FINANCING_APPLY', 'CREDIT_MOVE')";

/** Kind, phase and letters of every kind of entry, as rows. */
const KINDS = Object.entries(entryKinds)
  .map(([kind, { phase, debit, credit }]) => `('${kind}', '${phase}', '${debit.join('')}', '${credit.join('')}')`)
  .join(', ');

const balanced = byQuery(
  'I1',
  '分录有借有贷,有业务依据和银行依据',
  'every entry is balanced and names its business reference and, where it mirrors the bank, its bank order',
  'SELECT count(*) AS examined FROM ledger_entry',
  `SELECT 'entry ' || e.id || ' (' || e.reference || '): ' || CASE
     WHEN k.kind IS NULL THEN 'kind ' || e.kind || ' is not on the page of entries'
     WHEN k.phase <> e.phase OR position(d.kind IN k.debit) = 0 OR position(c.kind IN k.credit) = 0 THEN e.kind || ' may not go from ' || d.kind || ' to ' || c.kind || ' as ' || e.phase
     WHEN e.amount_fen <= 0 OR d.id = c.id THEN 'it moves nothing'
     WHEN e.kind IN ${WITHOUT_ORDER} THEN 'it names a bank order although none caused it'
     WHEN o.id IS NULL THEN 'its bank order does not exist'
     WHEN o.amount_fen <> e.amount_fen THEN 'its amount is ' || e.amount_fen || ', that of its bank order ' || o.amount_fen
     ELSE 'its bank order is ' || o.state || ' under serial ' || coalesce(o.bank_serial, 'none') END AS what
   FROM ledger_entry e JOIN ledger_account d ON d.id = e.debit_account_id JOIN ledger_account c ON c.id = e.credit_account_id
   LEFT JOIN (VALUES ${KINDS}) AS k (kind, phase, debit, credit) ON k.kind = e.kind
   LEFT JOIN bank_order o ON o.id = e.bank_order_id
   WHERE k.kind IS NULL OR k.phase <> e.phase OR position(d.kind IN k.debit) = 0 OR position(c.kind IN k.credit) = 0 OR e.amount_fen <= 0 OR d.id = c.id
     OR (e.kind IN ${WITHOUT_ORDER} AND e.bank_order_id IS NOT NULL)
     OR (e.kind NOT IN ${WITHOUT_ORDER} AND (o.id IS NULL OR o.amount_fen <> e.amount_fen
       OR (e.phase <> 'pending' AND NOT (o.state IN ('done', 'returned') OR (e.phase = 'void' AND o.state IN ('refused', 'closed'))))
       OR (e.phase NOT IN ('pending', 'void') AND e.bank_serial NOT IN (coalesce(o.bank_serial, ''), coalesce(o.returned_serial, '')))))
   UNION ALL
   SELECT 'entry ' || e.id || ' (' || e.reference || ') has an account that does not exist' FROM ledger_entry e
   WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = e.debit_account_id) OR NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = e.credit_account_id)
   UNION ALL
   SELECT 'bank order ' || o.id || ' (' || o.kind || ') is ' || o.state || ' and wrote no entry' FROM bank_order o
   WHERE o.state IN ('done', 'returned') AND o.kind NOT IN ${WITHOUT_MONEY} AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.bank_order_id = o.id)`,
);

const conserved = byQuery(
  'I2',
  '守恒:全部余额之和为零',
  'conservation: all balances add up to zero',
  'SELECT count(*) AS examined FROM ledger_account',
  `SELECT 'all balances together are ' || sum(posted_fen) || ' fen, not zero' AS what FROM ledger_account HAVING sum(posted_fen) <> 0`,
);

const LEGS = `
  SELECT debit_account_id AS account_id, CASE WHEN phase IN ('single', 'post') THEN -amount_fen ELSE 0 END AS posted_fen,
    CASE phase WHEN 'pending' THEN amount_fen WHEN 'single' THEN 0 ELSE -amount_fen END AS pending_fen, debit_version AS version FROM ledger_entry
  UNION ALL
  SELECT credit_account_id, amount_fen, 0, credit_version FROM ledger_entry WHERE phase IN ('single', 'post')`;

// W is left to I2: it is what all the others add up to, with the sign turned.
const folded = byQuery(
  'I3',
  '余额 = 分录累计,逐户',
  'stored balances are folded entries, account by account, and pending amounts with their parts',
  'SELECT (SELECT count(*) FROM ledger_account) + (SELECT count(*) FROM ledger_entry) AS examined',
  `SELECT 'account ' || a.account_no || CASE a.listing_no WHEN '' THEN '' ELSE '/' || a.listing_no END || ' holds ' || a.posted_fen || ' and ' || a.pending_fen
     || ' pending, its entries make ' || coalesce(f.posted_fen, 0) || ' and ' || coalesce(f.pending_fen, 0) AS what
   FROM ledger_account a LEFT JOIN (SELECT account_id, sum(posted_fen) AS posted_fen, sum(pending_fen) AS pending_fen FROM (${LEGS}) AS l GROUP BY account_id) AS f
     ON f.account_id = a.id
   WHERE a.kind <> 'W' AND (a.posted_fen <> coalesce(f.posted_fen, 0) OR a.pending_fen <> coalesce(f.pending_fen, 0))
   UNION ALL
   SELECT 'pending entry ' || e.id || ' is kept as ' || coalesce(p.posted_fen || ' posted, ' || p.voided_fen || ' voided', 'nothing') || ', its parts make '
     || coalesce(f.posted_fen, 0) || ' and ' || coalesce(f.voided_fen, 0)
   FROM ledger_entry e LEFT JOIN ledger_pending p ON p.entry_id = e.id
   LEFT JOIN (SELECT pending_id, sum(amount_fen) FILTER (WHERE phase = 'post') AS posted_fen, sum(amount_fen) FILTER (WHERE phase = 'void') AS voided_fen
              FROM ledger_entry WHERE pending_id IS NOT NULL GROUP BY pending_id) AS f ON f.pending_id = e.id
   WHERE e.phase = 'pending' AND (p.entry_id IS NULL OR p.amount_fen <> e.amount_fen OR p.posted_fen <> coalesce(f.posted_fen, 0)
     OR p.voided_fen <> coalesce(f.voided_fen, 0) OR p.posted_fen + p.voided_fen > p.amount_fen)`,
);

const neverNegative = byQuery(
  'I4',
  '受控账户不为负,在途指令已计入',
  'no guarded account (D, R, S) is negative, open orders counted',
  'SELECT (SELECT count(*) FROM ledger_account WHERE guarded) + (SELECT count(*) FROM ledger_reservation) AS examined',
  `SELECT 'account ' || account_no || '/' || listing_no || ' has ' || posted_fen || ' less ' || pending_fen || ' pending and ' || reserved_fen || ' reserved' AS what
   FROM ledger_account WHERE kind IN ('D', 'R', 'S') AND (NOT guarded OR posted_fen - pending_fen - reserved_fen < 0)
   UNION ALL
   SELECT 'account ' || a.account_no || '/' || a.listing_no || ' reserves ' || a.reserved_fen || ', its open bank orders need ' || coalesce(r.amount_fen, 0)
   FROM ledger_account a LEFT JOIN (SELECT account_id, sum(amount_fen) AS amount_fen FROM ledger_reservation WHERE ended_at IS NULL GROUP BY account_id) AS r
     ON r.account_id = a.id WHERE a.reserved_fen <> coalesce(r.amount_fen, 0)
   UNION ALL
   SELECT 'bank order ' || o.id || ' is ' || o.state || ' and its reservation ' || CASE WHEN r.ended_at IS NULL THEN 'goes on' ELSE 'has ended' END
   FROM ledger_reservation r JOIN bank_order o ON o.id = r.bank_order_id
   WHERE (r.ended_at IS NULL) <> (o.state IN ('created', 'sent', 'accepted', 'unknown'))`,
);

/** Tables whose rows nobody may change, and those whose rows nobody may take away. The application's role is found by what it may do with jobs. */
const RIGHTS = `
  SELECT 'role ' || r.rolname || ' may ' || p.privilege || ' ' || t.name AS what
  FROM (VALUES ('ledger_entry', true), ('move', true), ('command', true), ('audit_record', true), ('audit_seal', true), ('bank_call', true), ('listing_review', true),
    ('credit_movement', true), ('allocation', true), ('incoming_part', true), ('statement_line', true), ('statement_balance', true), ('statement_credit', true), ('statement_file', false),
    ('reconciliation_break', false), ('bank_order', false), ('investment_order', false), ('payout', false), ('proposal', false)) AS t (name, frozen)
  CROSS JOIN (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (privilege)
  JOIN pg_roles r ON NOT r.rolsuper AND NOT pg_has_role(r.oid, (SELECT relowner FROM pg_class WHERE oid = 'ledger_entry'::regclass), 'USAGE') AND r.rolname !~ '^pg_'
  WHERE (t.frozen OR p.privilege <> 'UPDATE') AND has_table_privilege(r.oid, t.name, p.privilege)
  ORDER BY 1 LIMIT ${MOST_NAMED}`;

const VERSIONS = `
  SELECT 'account ' || a.account_no || CASE a.listing_no WHEN '' THEN '' ELSE '/' || a.listing_no END || ' is at version ' || a.version || ', its entries have '
    || coalesce(v.legs, 0) || ' versions up to ' || coalesce(v.last, 0) AS what
  FROM ledger_account a LEFT JOIN (SELECT account_id, count(DISTINCT version) AS legs, min(version) AS first, max(version) AS last FROM (${LEGS}) AS l GROUP BY account_id) AS v
    ON v.account_id = a.id
  WHERE a.version <> coalesce(v.legs, 0) OR a.version <> coalesce(v.last, 0) OR coalesce(v.first, 1) <> 1 LIMIT ${MOST_NAMED}`;

const appendOnly: Invariant = {
  id: 'I5',
  title: {
    zh: '只增不改:账户版本无缺号,应用角色不能改删,审计链完整',
    en: "append-only holds: versions without a gap, no change for the application's role, an intact audit chain",
  },
  async check(tx) {
    const versions = await tx.query<Difference>(VERSIONS);
    const rights = await tx.query<Difference>(RIGHTS);
    const chain = await verifyAuditChain(tx);
    const [count] = await tx.query<{ examined: bigint }>('SELECT count(*) AS examined FROM ledger_account');
    return {
      examined: (count?.examined ?? 0n) + chain.examined,
      differences: [...versions, ...rights, ...chain.differences.map((what) => ({ what }))].slice(0, MOST_NAMED),
    };
  },
};

/** I1 to I5: what the ledger is. */
export const ledgerInvariants: readonly Invariant[] = [balanced, conserved, folded, neverNegative, appendOnly];
