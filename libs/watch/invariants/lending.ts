import { byQuery } from './invariant';
import type { Invariant } from './invariant';

const distributed = byQuery(
  'I10',
  '每份额分配不超过应收,合计等于到账',
  'per share: its payouts are what was distributed to it and not more than its due; over the shares it is the money that came in',
  'SELECT (SELECT count(*) FROM share) + (SELECT count(*) FROM payout) AS examined',
  `SELECT 'share ' || s.id || ' was given ' || s.distributed_fen || ' of ' || (s.principal_fen + s.interest_fen + s.penalty_fen) || ', its payouts are ' || coalesce(p.amount_fen, 0) AS what
   FROM share s LEFT JOIN (SELECT share_id, sum(amount_fen) AS amount_fen FROM payout GROUP BY share_id) AS p ON p.share_id = s.id
   WHERE s.distributed_fen > s.principal_fen + s.interest_fen + s.penalty_fen OR s.distributed_fen <> coalesce(p.amount_fen, 0)
   UNION ALL
   SELECT 'instalment ' || i.no || ' of loan ' || i.loan_id || ' distributed ' || i.distributed_fen || ', its shares got ' || coalesce(s.distributed_fen, 0)
     || ', ' || (i.paid_fen + i.advanced_fen) || ' came in'
   FROM instalment i LEFT JOIN (SELECT instalment_id, sum(distributed_fen) AS distributed_fen FROM share GROUP BY instalment_id) AS s ON s.instalment_id = i.id
   WHERE i.distributed_fen <> coalesce(s.distributed_fen, 0) OR i.distributed_fen > i.paid_fen + i.advanced_fen
   UNION ALL
   SELECT 'instalment ' || i.no || ' of loan ' || i.loan_id || ' counts ' || (i.paid_fen + i.advanced_fen) || ' as come in, incoming orders brought ' || coalesce(p.amount_fen, 0)
   FROM instalment i LEFT JOIN (SELECT target_id, sum(amount_fen) AS amount_fen FROM incoming_part WHERE target = 'instalment' GROUP BY target_id) AS p ON p.target_id = i.id
   WHERE i.paid_fen + i.advanced_fen <> coalesce(p.amount_fen, 0)
   UNION ALL
   SELECT 'payout ' || p.id || ' names instalment ' || coalesce(p.instalment_id::text, 'none') || ', claim ' || coalesce(p.claim_id::text, 'none') || ', loan ' || p.loan_id || ' and listing '
     || p.listing_id || ', its share and what came in are of others'
   FROM payout p LEFT JOIN share s ON s.id = p.share_id LEFT JOIN instalment i ON i.id = s.instalment_id LEFT JOIN bank_order b ON b.id = p.incoming_id
   LEFT JOIN loan l ON l.id = b.loan_id
   WHERE p.loan_id IS DISTINCT FROM b.loan_id OR p.listing_id IS DISTINCT FROM l.listing_id OR p.instalment_id IS DISTINCT FROM s.instalment_id
     OR p.claim_id IS DISTINCT FROM s.claim_id OR i.loan_id <> p.loan_id`,
);

const addsUp = byQuery(
  'I11',
  '拆分合计相符:份额 = 期,债权 = 本金',
  'splits add up: shares to the instalment, part by part; instalments to the loan; principal of a claim over its life to what was paid',
  'SELECT (SELECT count(*) FROM share) + (SELECT count(*) FROM claim) AS examined',
  `SELECT 'instalment ' || i.no || ' of loan ' || i.loan_id || ' is ' || i.principal_fen || ' + ' || i.interest_fen || ' + ' || i.penalty_fen || ', its shares '
     || coalesce(s.principal_fen, 0) || ' + ' || coalesce(s.interest_fen, 0) || ' + ' || coalesce(s.penalty_fen, 0) AS what
   FROM instalment i JOIN loan l ON l.id = i.loan_id LEFT JOIN (SELECT instalment_id, sum(principal_fen) AS principal_fen, sum(interest_fen) AS interest_fen,
     sum(penalty_fen) AS penalty_fen FROM share GROUP BY instalment_id) AS s ON s.instalment_id = i.id
   WHERE l.started_on IS NOT NULL AND (i.principal_fen <> coalesce(s.principal_fen, 0) OR i.interest_fen <> coalesce(s.interest_fen, 0) OR i.penalty_fen <> coalesce(s.penalty_fen, 0))
   UNION ALL
   SELECT 'claim ' || c.id || ' is of ' || c.principal_fen || ', its shares give back ' || coalesce(s.principal_fen, 0)
   FROM claim c JOIN loan l ON l.id = c.loan_id LEFT JOIN (SELECT x.claim_id, sum(x.principal_fen) AS principal_fen FROM share x JOIN instalment i ON i.id = x.instalment_id
     WHERE i.state <> 'superseded' GROUP BY x.claim_id) AS s ON s.claim_id = c.id
   WHERE l.started_on IS NOT NULL AND c.principal_fen <> coalesce(s.principal_fen, 0)
   UNION ALL
   SELECT 'loan ' || l.id || ' is of ' || l.principal_fen || ', its claims are ' || coalesce(c.principal_fen, 0) || ', its instalments ' || coalesce(i.principal_fen, 0)
   FROM loan l LEFT JOIN (SELECT loan_id, sum(principal_fen) AS principal_fen FROM claim GROUP BY loan_id) AS c ON c.loan_id = l.id
   LEFT JOIN (SELECT loan_id, sum(principal_fen) AS principal_fen FROM instalment WHERE state <> 'superseded' GROUP BY loan_id) AS i ON i.loan_id = l.id
   WHERE l.started_on IS NOT NULL AND (l.principal_fen <> coalesce(c.principal_fen, 0) OR l.principal_fen <> coalesce(i.principal_fen, 0))`,
);

const caps = byQuery(
  'I12',
  '上限:投资人、授信额度、担保额、综合成本',
  'caps hold: per investor, credit line, cover of a guarantee, all-in cost',
  'SELECT (SELECT count(*) FROM listing) + (SELECT count(*) FROM listing_exposure) + (SELECT count(*) FROM credit_line) + (SELECT count(*) FROM guarantee) AS examined',
  `SELECT 'a customer has ' || e.amount_fen || ' in listing ' || l.listing_no || ', his orders make ' || coalesce(o.amount_fen, 0) || ', the cap is '
     || coalesce(l.investor_cap_fen::text, 'none') AS what
   FROM listing_exposure e JOIN listing l ON l.id = e.listing_id
   LEFT JOIN (SELECT listing_id, customer_id, sum(coalesce(accepted_fen, amount_fen)) AS amount_fen FROM investment_order
     WHERE state NOT IN ('refused', 'cancelled', 'left_out', 'dropped') GROUP BY listing_id, customer_id) AS o
     ON o.listing_id = e.listing_id AND o.customer_id = e.customer_id
   WHERE e.amount_fen > l.investor_cap_fen OR e.amount_fen <> coalesce(o.amount_fen, 0)
   UNION ALL
   SELECT 'credit line of customer ' || c.customer_no || ': ' || cl.used_fen || ' used and ' || cl.frozen_fen || ' frozen of ' || cl.limit_fen || ', its movements make '
     || coalesce(m.used_fen, 0) || ' and ' || coalesce(m.frozen_fen, 0)
   FROM credit_line cl JOIN customer c ON c.id = cl.customer_id
   LEFT JOIN (SELECT customer_id, sum(CASE kind WHEN 'DEDUCT' THEN amount_fen WHEN 'RESTORE' THEN -amount_fen ELSE 0 END) AS used_fen,
     sum(CASE kind WHEN 'FREEZE' THEN amount_fen WHEN 'RESTORE' THEN 0 ELSE -amount_fen END) AS frozen_fen FROM credit_movement GROUP BY customer_id) AS m
     ON m.customer_id = cl.customer_id
   WHERE cl.used_fen + cl.frozen_fen > cl.limit_fen OR cl.used_fen <> coalesce(m.used_fen, 0) OR cl.frozen_fen <> coalesce(m.frozen_fen, 0)
   UNION ALL
   SELECT 'guarantee of listing ' || l.listing_no || ' was used for ' || g.used_fen || ' of ' || g.cover_fen FROM guarantee g JOIN listing l ON l.id = g.listing_id
   WHERE g.used_fen > g.cover_fen
   UNION ALL
   SELECT 'listing ' || listing_no || ' is ' || state || ' at ' || coalesce(worst_apr_ppm::text, 'no known cost') || ' ppm, the cap is ' || cap_ppm FROM listing
   WHERE state NOT IN ('drafted', 'in_credit', 'declined', 'in_review', 'rejected', 'withdrawn') AND (worst_apr_ppm IS NULL OR worst_apr_ppm > cap_ppm)`,
);

/** I10 to I12: from the loan to the last fen of it. */
export const lendingInvariants: readonly Invariant[] = [distributed, addsUp, caps];
