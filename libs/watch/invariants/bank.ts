import { byQuery } from './invariant';
import type { Invariant } from './invariant';

/** The last bank date that has its result, with the newest accepted BALANCES file of it. */
const LAST_DAY = `
  SELECT d.bank_date, (SELECT f.id FROM statement_file f WHERE f.bank_date = d.bank_date AND f.type = 'BALANCES' AND f.visible ORDER BY f.version DESC LIMIT 1) AS file_id
  FROM reconciliation_day d WHERE d.state IN ('clean', 'adjusted', 'open') ORDER BY d.bank_date DESC LIMIT 1`;

/** Every account folded from its entries alone up to that bank date: nothing that is stored is believed here. */
const OURS = `
  SELECT a.id, a.account_no, a.listing_no, coalesce(sum(l.posted_fen), 0) AS total_fen, coalesce(sum(l.pending_fen), 0) AS held_fen
  FROM ledger_account a LEFT JOIN (
    SELECT debit_account_id AS account_id, CASE WHEN phase IN ('single', 'post') THEN -amount_fen ELSE 0 END AS posted_fen,
      CASE phase WHEN 'pending' THEN amount_fen WHEN 'single' THEN 0 ELSE -amount_fen END AS pending_fen
    FROM ledger_entry WHERE bank_date <= (SELECT bank_date FROM (${LAST_DAY}) AS last_day)
    UNION ALL
    SELECT credit_account_id, amount_fen, 0 FROM ledger_entry WHERE phase IN ('single', 'post') AND bank_date <= (SELECT bank_date FROM (${LAST_DAY}) AS last_day)
  ) AS l ON l.account_id = a.id WHERE a.kind <> 'W' GROUP BY a.id`;

const EXPLAINED = `
  SELECT account_id, sum(amount_fen) FILTER (WHERE measure = 'total') AS total_fen, sum(amount_fen) FILTER (WHERE measure = 'held') AS held_fen
  FROM reconciliation_break WHERE kind = 'balance' AND state IN ('open', 'proposed') AND bank_date <= (SELECT bank_date FROM (${LAST_DAY}) AS last_day) GROUP BY account_id`;

const sameAsBank = byQuery(
  'I13',
  '按银行日累计的账 = 银行余额,逐户逐标的,或由未了差错逐分说明',
  'the ledger folded by bank date is the bank, per account and per listing of D and R, or open breaks explain the difference exactly',
  `SELECT count(*) AS examined FROM statement_balance WHERE file_id = (SELECT file_id FROM (${LAST_DAY}) AS last_day)`,
  `WITH ours AS MATERIALIZED (${OURS}), explained AS MATERIALIZED (${EXPLAINED}),
     banks AS MATERIALIZED (SELECT account_no, listing_no, total_fen, held_fen FROM statement_balance WHERE file_id = (SELECT file_id FROM (${LAST_DAY}) AS last_day))
   SELECT 'account ' || account_no || CASE listing_no WHEN '' THEN '' ELSE '/' || listing_no END || ': the bank has ' || coalesce(b.total_fen, 0) || ' and '
     || coalesce(b.held_fen, 0) || ' held, we have ' || coalesce(o.total_fen, 0) || ' and ' || coalesce(o.held_fen, 0) AS what
   FROM ours o FULL JOIN banks b USING (account_no, listing_no) LEFT JOIN explained e ON e.account_id = o.id
   WHERE (coalesce(b.total_fen, 0) - coalesce(o.total_fen, 0) <> coalesce(e.total_fen, 0) OR coalesce(b.held_fen, 0) - coalesce(o.held_fen, 0) <> coalesce(e.held_fen, 0))
     AND EXISTS (SELECT FROM (${LAST_DAY}) AS last_day WHERE file_id IS NOT NULL)`,
);

/** How long an open order past its limit may go without a question to the bank: they are asked hourly. */
const ASKED_WITHIN = "interval '2 hours'";

const nothingForgotten = byQuery(
  'I14',
  '未了结的指令均有任务发送、查询或关闭;超过时限的仍在查询中',
  'every open bank order has a job that sends it, asks about it or closes it, and past its limit it is still asked about at the bank',
  'SELECT count(*) AS examined FROM bank_order',
  `SELECT 'bank order ' || id || ' (' || kind || ') is ' || state || ' past its limit, ' || CASE WHEN asked_at IS NULL THEN 'and was never asked about' ELSE 'last asked about ' || asked_at END AS what
   FROM bank_order WHERE state IN ('created', 'sent', 'accepted', 'unknown') AND limit_at < clock_timestamp()
     AND (asked_at IS NULL OR asked_at < clock_timestamp() - ${ASKED_WITHIN})
     AND (parent_id IS NULL OR NOT EXISTS (SELECT FROM bank_order p WHERE p.id = bank_order.parent_id AND p.asked_at > clock_timestamp() - ${ASKED_WITHIN}))
   UNION ALL
   SELECT 'bank order ' || o.id || ' (' || o.kind || ') is ' || o.state || ', and no job will ' || j.what || ' it' FROM bank_order o
   CROSS JOIN LATERAL (SELECT CASE WHEN o.state IN ('created', 'sent') THEN 'send' ELSE 'ask about' END AS what) AS j
   WHERE o.parent_id IS NULL AND o.state IN ('created', 'sent', 'accepted', 'unknown')
     AND NOT EXISTS (SELECT FROM job WHERE subject = o.send_group::text AND done_at IS NULL
       AND (name = 'bank.send' OR (name = 'bank.ask' AND o.state IN ('accepted', 'unknown'))))
     AND NOT EXISTS (SELECT FROM job WHERE o.unwanted_at IS NOT NULL AND o.state IN ('created', 'sent') AND subject = o.id::text AND done_at IS NULL AND name = 'bank.close')`,
);

/** I13 and I14: we and the bank. */
export const bankInvariants: readonly Invariant[] = [sameAsBank, nothingForgotten];
