import { byQuery } from './invariant';
import type { Invariant } from './invariant';

const LIVE = "('admitted', 'freezing', 'frozen', 'accepted', 'collected', 'lent', 'settled')";

const noOversell = byQuery(
  'I6',
  '不超卖:有效订单不超过额度',
  'no oversell: live orders of a listing within its quota, and its counter counts them',
  'SELECT (SELECT count(*) FROM listing_quota) + (SELECT count(*) FROM investment_order) AS examined',
  `SELECT 'listing ' || l.listing_no || ' has live orders of ' || coalesce(o.live_fen, 0) || ' and counts ' || q.taken_fen || ', its quota is ' || q.quota_fen AS what
   FROM listing_quota q JOIN listing l ON l.id = q.listing_id
   LEFT JOIN (SELECT listing_id, sum(coalesce(accepted_fen, amount_fen)) FILTER (WHERE state IN ${LIVE}) AS live_fen,
     sum(amount_fen) FILTER (WHERE state NOT IN ('refused', 'cancelled')) AS taken_fen FROM investment_order GROUP BY listing_id) AS o ON o.listing_id = q.listing_id
   WHERE coalesce(o.live_fen, 0) > q.quota_fen OR q.taken_fen > q.quota_fen OR q.taken_fen <> coalesce(o.taken_fen, 0)
   UNION ALL
   SELECT 'listing ' || l.listing_no || ' lends ' || l.amount_fen || ' out of accepted orders of ' || sum(o.accepted_fen)
   FROM listing l JOIN investment_order o ON o.listing_id = l.id AND o.state IN ('accepted', 'collected', 'lent', 'settled')
   GROUP BY l.id HAVING sum(o.accepted_fen) > l.applied_fen`,
);

/** Each hold with what was used and given back of it. Amounts in fen. */
const HOLDS = `
  SELECT h.id, h.listing_id, h.subject_id, h.amount_fen AS held_fen, coalesce(sum(p.amount_fen) FILTER (WHERE p.kind = 'COLLECT'), 0) AS used_fen,
    coalesce(sum(p.amount_fen) FILTER (WHERE p.kind = 'RELEASE'), 0) AS released_fen
  FROM bank_order h LEFT JOIN bank_order p ON p.hold_order_id = h.id AND p.state = 'done' AND p.kind IN ('COLLECT', 'RELEASE')
  WHERE h.kind = 'HOLD' AND h.state = 'done' GROUP BY h.id`;

const OVER = "('closed', 'failed', 'withdrawn')";

const holdsExplained = byQuery(
  'I7',
  '冻结 − 使用 − 释放 = 在募订单 + 待退款',
  'per listing: holds placed less used and released are its live orders not collected and its returns not done',
  `SELECT count(*) AS examined FROM bank_order WHERE kind IN ('HOLD', 'COLLECT', 'RELEASE')`,
  `SELECT 'listing ' || l.listing_no || ' has ' || coalesce(h.open_fen, 0) || ' frozen at the bank for orders of ' || coalesce(o.live_fen, 0) || ' and returns of '
     || coalesce(r.due_fen, 0) AS what
   FROM listing l
   LEFT JOIN (SELECT listing_id, sum(held_fen - used_fen - released_fen) AS open_fen FROM (${HOLDS}) AS holds GROUP BY listing_id) AS h ON h.listing_id = l.id
   LEFT JOIN (SELECT listing_id, sum(coalesce(accepted_fen, amount_fen)) AS live_fen FROM investment_order WHERE state IN ('frozen', 'accepted') GROUP BY listing_id) AS o
     ON o.listing_id = l.id
   LEFT JOIN (SELECT listing_id, sum(amount_fen) AS due_fen FROM investment_return WHERE source = 'hold' AND state <> 'done' GROUP BY listing_id) AS r ON r.listing_id = l.id
   WHERE l.hold_mode = 'freeze' AND l.state NOT IN ${OVER} AND coalesce(h.open_fen, 0) <> coalesce(o.live_fen, 0) + coalesce(r.due_fen, 0)
   UNION ALL
   SELECT 'hold ' || id || ' is done without a serial of the bank' FROM bank_order WHERE kind = 'HOLD' AND state = 'done' AND bank_serial IS NULL`,
);

const holdsUsedUp = byQuery(
  'I8',
  '标的了结后每笔冻结全部使用或释放',
  'used and released are the whole hold when its listing is over, and never more than it at any time',
  `SELECT count(*) AS examined FROM bank_order WHERE kind = 'HOLD'`,
  `SELECT 'hold ' || h.id || ' of listing ' || l.listing_no || ' (' || l.state || '): ' || h.held_fen || ' held, ' || h.used_fen || ' used, ' || h.released_fen || ' released' AS what
   FROM (${HOLDS}) AS h JOIN listing l ON l.id = h.listing_id
   WHERE h.used_fen + h.released_fen > h.held_fen OR (l.state IN ${OVER} AND h.used_fen + h.released_fen <> h.held_fen)`,
);

const oneMovement = byQuery(
  'I9',
  '一条指令至多一笔成功,至多一次退回;一笔贷款至多一笔在途入账;一笔追回至多到账一次',
  'at most one movement and one return per bank order, one order per bank serial, one open incoming order per loan, one payment for what an unwinding wants back',
  'SELECT count(*) AS examined FROM bank_order',
  `SELECT 'bank order ' || bank_order_id || ' moved money ' || count(*) || ' times' AS what FROM ledger_entry
   WHERE bank_order_id IS NOT NULL AND phase <> 'pending' AND kind <> 'RETURN' GROUP BY bank_order_id HAVING count(*) > 1
   UNION ALL
   SELECT 'bank order ' || bank_order_id || ' came back ' || count(*) || ' times' FROM ledger_entry
   WHERE bank_order_id IS NOT NULL AND kind = 'RETURN' GROUP BY bank_order_id HAVING count(*) > 1
   UNION ALL
   SELECT 'bank serial ' || bank_serial || ' stands under ' || count(*) || ' bank orders' FROM bank_order WHERE bank_serial IS NOT NULL AND kind <> 'BATCH'
   GROUP BY bank_serial HAVING count(*) > 1
   UNION ALL
   SELECT 'loan ' || loan_id || ' has ' || count(*) || ' open incoming orders' FROM bank_order
   WHERE loan_id IS NOT NULL AND kind IN ('REPAY', 'ADVANCE', 'MOVE', 'PREMIUM_RETURN', 'FEE_RETURN') AND state IN ('created', 'sent', 'accepted', 'unknown') GROUP BY loan_id HAVING count(*) > 1
   UNION ALL
   SELECT 'reclaim ' || r.id || ' is ' || r.state || ', its debtor paid ' || o.returned || ' times, the bank ' || o.advanced || ', and got it back ' || o.recovered FROM reclaim r
   CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind IN ('PREMIUM_RETURN', 'FEE_RETURN')) AS returned, count(*) FILTER (WHERE kind = 'ADVANCE') AS advanced,
     count(*) FILTER (WHERE kind = 'RECOVER') AS recovered FROM bank_order b WHERE b.subject_id = r.id AND b.state IN ('done', 'returned')
     AND b.kind IN ('PREMIUM_RETURN', 'FEE_RETURN', 'ADVANCE', 'RECOVER')) AS o
   WHERE o.returned + o.advanced > 1 OR o.recovered > o.advanced OR (o.advanced = 1) <> (r.state IN ('bridged', 'recovering', 'recovered'))
     OR (o.recovered = 1) <> (r.state = 'recovered') OR (o.returned = 1 AND r.state <> 'back')`,
);

/** I6 to I9: from the order to the collected money. */
export const raisingInvariants: readonly Invariant[] = [noOversell, holdsExplained, holdsUsedUp, oneMovement];
