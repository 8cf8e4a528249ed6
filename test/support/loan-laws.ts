import type { LoanWorld } from './loan-world';

/** Invariants of this step, after every story: each query must find nothing. */
export async function keepsWhatMustHold(world: LoanWorld): Promise<void> {
  const laws: Readonly<Record<string, string>> = {
    'payouts of a share are what was distributed to it':
      'SELECT s.id FROM share s LEFT JOIN payout p ON p.share_id = s.id GROUP BY s.id HAVING coalesce(sum(p.amount_fen), 0) <> s.distributed_fen',
    'shares of an instalment were given what came in for it':
      'SELECT i.id FROM instalment i JOIN share s ON s.instalment_id = i.id GROUP BY i.id HAVING sum(s.distributed_fen) <> i.paid_fen + i.advanced_fen',
    'parts of an incoming order add up to it': `SELECT o.id FROM bank_order o LEFT JOIN incoming_part p ON p.bank_order_id = o.id WHERE o.loan_id IS NOT NULL AND o.kind IN ('REPAY', 'ADVANCE', 'MOVE', 'PREMIUM_RETURN', 'FEE_RETURN') AND o.state = 'done'
       GROUP BY o.id HAVING coalesce(sum(p.amount_fen), 0) <> o.amount_fen`,
    'shares split an instalment to the fen': `SELECT i.id FROM instalment i JOIN share s ON s.instalment_id = i.id GROUP BY i.id
       HAVING sum(s.principal_fen) <> i.principal_fen OR sum(s.interest_fen) <> i.interest_fen`,
    'a claim is repaid what was paid for it': `SELECT c.id FROM claim c JOIN share s ON s.claim_id = c.id JOIN instalment i ON i.id = s.instalment_id WHERE i.state <> 'superseded' GROUP BY c.id HAVING sum(s.principal_fen) <> c.principal_fen`,
    'what was restored of a line is the principal that the borrower paid': `SELECT l.id FROM loan l WHERE l.restored_fen <> (SELECT coalesce(sum(p.principal_fen), 0) FROM incoming_part p JOIN bank_order o ON o.id = p.bank_order_id
         WHERE o.loan_id = l.id AND o.kind <> 'ADVANCE')`,
    'moves end in the states': `SELECT i.id FROM instalment i JOIN LATERAL (SELECT to_state FROM move m WHERE m.noun = 'instalment' AND m.subject_id = i.id ORDER BY m.id DESC LIMIT 1) m ON true WHERE m.to_state <> i.state`,
    'money is conserved': 'SELECT 1 FROM ledger_account HAVING sum(posted_fen) <> 0',
    'no guarded account is negative': 'SELECT id FROM ledger_account WHERE guarded AND posted_fen - pending_fen - reserved_fen < 0',
    'nothing stays reserved for a decided order': `SELECT r.bank_order_id FROM ledger_reservation r JOIN bank_order o ON o.id = r.bank_order_id WHERE r.ended_at IS NULL AND o.state IN ('done', 'refused', 'closed')`,
  };
  const broken: string[] = [];
  for (const [law, sql] of Object.entries(laws)) if ((await world.rows(sql)).length > 0) broken.push(law);
  expect(broken).toEqual([]);
}
