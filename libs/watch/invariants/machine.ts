import { allLifecycles } from '#kernel/lifecycle';
import { proposalDigest } from '#registers/proposal';
import type { Tx } from '#platform/database';
import { byQuery, MOST_NAMED } from './invariant';
import type { Difference, Invariant } from './invariant';

const nothingStuck = byQuery(
  'I15',
  '没有任何任务或步骤卡住',
  'nothing is stuck: no job is due and unanswered for ten minutes, no end of day stands still for an hour',
  'SELECT (SELECT count(*) FROM job) + (SELECT count(*) FROM business_day) AS examined',
  `SELECT 'job ' || id || ' (' || name || ' of ' || subject || ') is due since ' || due_at AS what FROM job
   WHERE done_at IS NULL AND parked_at IS NULL AND due_at < clock_timestamp() - interval '10 minutes' AND coalesce(rung_at, due_at) < clock_timestamp() - interval '10 minutes'
   UNION ALL
   SELECT 'business day ' || business_date || ' is ' || state || ' since ' || changed_at FROM business_day
   WHERE state IN ('cutting', 'matching', 'proving') AND changed_at < clock_timestamp() - interval '1 hour'`,
);

const oneEffect = byQuery(
  'I16',
  '同一操作人同一幂等键只生效一次',
  'one effect per actor and idempotency key',
  'SELECT (SELECT count(*) FROM command) + (SELECT count(*) FROM investment_order) AS examined',
  `SELECT 'actor ' || actor || ' used the key ' || key || ' for ' || count(*) || ' orders' AS what FROM investment_order GROUP BY actor, key HAVING count(*) > 1
   UNION ALL
   SELECT 'actor ' || actor || ' used the key ' || key || ' for ' || count(*) || ' commands' FROM command GROUP BY actor, key HAVING count(*) > 1
   UNION ALL
   SELECT 'actor ' || c.actor || ' used the key ' || c.key || ' for an order and for another command' FROM command c
   JOIN investment_order o ON o.actor = c.actor AND o.key = c.key WHERE o.body_digest <> c.body_digest`,
);

/** Every noun that has a lifecycle: its moves are arrows of its table, each begins where the last one ended, and the last one ends in the row's state. */
const onlyListedMoves: Invariant = {
  id: 'I17',
  title: { zh: '流转只走列明的箭头,流转累计 = 当前状态', en: 'only listed transitions among the moves, and folded moves are the state' },
  async check(tx) {
    const differences: Difference[] = [...(await unlistedMoves(tx))];
    for (const { noun, table, initial } of allLifecycles()) {
      if (!/^[a-z_]+$/.test(table)) continue;
      const found = await tx.query<Difference>(
        `SELECT $1 || ' ' || t.id || ' is ' || t.state || ', its moves end in ' || coalesce(m.to_state, $2) AS what
         FROM ${table} t LEFT JOIN (SELECT DISTINCT ON (subject_id) subject_id, to_state FROM move WHERE noun = $1 ORDER BY subject_id, id DESC) AS m ON m.subject_id = t.id
         WHERE t.state <> coalesce(m.to_state, $2) LIMIT ${MOST_NAMED}`,
        [noun, initial],
      );
      differences.push(...found);
    }
    const [count] = await tx.query<{ examined: bigint }>('SELECT count(*) AS examined FROM move');
    return { examined: count?.examined ?? 0n, differences: differences.slice(0, MOST_NAMED) };
  },
};

function unlistedMoves(tx: Tx): Promise<Difference[]> {
  const lifecycles = allLifecycles();
  const arrows = lifecycles.flatMap(({ noun, arrows }) =>
    Object.entries(arrows).flatMap(([event, arrow]) => arrow.from.map((from) => ({ noun, event, from, to: arrow.to }))),
  );
  return tx.query<Difference>(
    `WITH arrow AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS a (noun, event, from_state, to_state)),
       start AS (SELECT * FROM unnest($5::text[], $6::text[]) AS s (noun, state)),
       walked AS (SELECT m.*, lag(m.to_state) OVER (PARTITION BY m.noun, m.subject_id ORDER BY m.id) AS before FROM move m)
     SELECT 'move ' || w.id || ' of ' || w.noun || ' ' || w.subject_id || ': ' || w.from_state || ' –' || w.event || '→ ' || w.to_state
       || CASE WHEN a.event IS NULL THEN ' is not in its table' ELSE ' does not begin at ' || coalesce(w.before, s.state) END AS what
     FROM walked w LEFT JOIN arrow a ON a.noun = w.noun AND a.event = w.event AND a.from_state = w.from_state AND a.to_state = w.to_state
     LEFT JOIN start s ON s.noun = w.noun
     WHERE a.event IS NULL OR w.from_state <> coalesce(w.before, s.state) ORDER BY w.id LIMIT ${MOST_NAMED}`,
    [
      arrows.map((arrow) => arrow.noun),
      arrows.map((arrow) => arrow.event),
      arrows.map((arrow) => arrow.from),
      arrows.map((arrow) => arrow.to),
      lifecycles.map((table) => table.noun),
      lifecycles.map((table) => table.initial),
    ],
  );
}

interface ProposalRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly digest: string;
}

const PAGE = 2_000;

const twoPeople: Invariant = {
  id: 'I18',
  title: {
    zh: '经办与复核不是同一人,所批即所行',
    en: 'maker is not checker on every approved command, and what was approved is what was executed',
  },
  async check(tx) {
    const people = await tx.query<Difference>(
      `SELECT 'proposal ' || id || ' is ' || state || ', made by ' || maker || ', checked by ' || coalesce(checker, 'nobody') AS what FROM proposal
       WHERE checker = maker OR (state IN ('executed', 'rejected') AND checker IS NULL)
       UNION ALL
       SELECT 'listing ' || l.listing_no || ' was reviewed twice by ' || r.reviewer FROM listing_review r JOIN listing l ON l.id = r.listing_id
       GROUP BY l.listing_no, r.reviewer HAVING count(*) > 1 LIMIT ${MOST_NAMED}`,
    );
    const changed: Difference[] = [];
    let after = '00000000-0000-0000-0000-000000000000';
    let examined = 0n;
    for (;;) {
      const page = await tx.query<ProposalRow>(
        'SELECT id, kind, subject, payload, digest FROM proposal WHERE id > $1 ORDER BY id LIMIT $2',
        [after, PAGE],
      );
      const wrong = page.filter((row) => proposalDigest(row) !== row.digest);
      changed.push(...wrong.map((row) => ({ what: `proposal ${row.id} is not what its digest was made of` })));
      examined += BigInt(page.length);
      after = page.at(-1)?.id ?? after;
      if (page.length < PAGE) break;
    }
    return { examined, differences: [...people, ...changed].slice(0, MOST_NAMED) };
  },
};

const datesGrow = byQuery(
  'I20',
  '营业日只增不减,已日切的日子不再记账',
  'business dates only grow, and nothing gets a book date in a day that was cut',
  'SELECT (SELECT count(*) FROM ledger_entry) + (SELECT count(*) FROM business_day) AS examined',
  `SELECT 'entries with book date ' || b.book_date || ' have the numbers ' || b.first || ' to ' || b.last || ', the day lasted from ' || (coalesce(d.before, 0) + 1) || ' to '
     || coalesce(d.entries_at_cut::text, 'now') AS what
   FROM (SELECT book_date, min(id) AS first, max(id) AS last FROM ledger_entry GROUP BY book_date) AS b
   LEFT JOIN (SELECT y.business_date, r.entries_at_cut, lag(r.entries_at_cut) OVER (ORDER BY y.business_date) AS before
              FROM business_day y LEFT JOIN reconciliation_day r ON r.bank_date = y.business_date) AS d ON d.business_date = b.book_date
   WHERE d.business_date IS NULL OR b.first <= coalesce(d.before, 0) OR b.last > coalesce(d.entries_at_cut, b.last)
   UNION ALL
   SELECT 'the business date is ' || c.business_date || ', the last day that was opened ' || coalesce(d.last::text, 'none')
   FROM business_clock c CROSS JOIN (SELECT max(business_date) AS last FROM business_day) AS d WHERE c.business_date IS DISTINCT FROM d.last
   UNION ALL
   SELECT 'business day ' || business_date || ' does not follow ' || before FROM (SELECT business_date, lag(business_date) OVER (ORDER BY business_date) AS before FROM business_day) AS d
   WHERE before IS NOT NULL AND business_date <> before + 1`,
);

/** I15 to I18 and I20: jobs, keys, moves, people, days. */
export const machineInvariants: readonly Invariant[] = [nothingStuck, oneEffect, onlyListedMoves, twoPeople, datesGrow];
