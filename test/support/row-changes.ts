import type { Tx } from '#platform/database';
import type { SmallWorld } from './small-world';

/** What somebody does to the rows who may do everything. */
export type Change = (tx: Tx) => Promise<void>;

/** The invariant that fires, what is changed, the change, and what is said about it. At least one for each of the twenty. */
export const changes: readonly [id: string, what: string, change: (world: SmallWorld) => Change, sentence: RegExp][] = [
  [
    'I1',
    'an entry loses its bank order',
    () => sql(`UPDATE ledger_entry SET bank_order_id = NULL WHERE ${oneOf('ledger_entry', "kind = 'DISBURSE'")}`),
    /its bank order does not exist/,
  ],
  [
    'I1',
    'an entry gets another kind',
    () => sql(`UPDATE ledger_entry SET kind = 'FEE' WHERE ${oneOf('ledger_entry', "kind = 'DISBURSE'")}`),
    /FEE may not go from D to E/,
  ],
  [
    'I2',
    'a fen appears outside',
    () => sql(`UPDATE ledger_account SET posted_fen = posted_fen + 1 WHERE kind = 'W'`),
    /together are 1 fen/,
  ],
  [
    'I3',
    'a pending amount is not what its entries make',
    () => sql(`UPDATE ledger_account SET pending_fen = pending_fen + 1 WHERE account_no = 'EC2'`),
    /account EC2 holds/,
  ],
  [
    'I3',
    'a part of a pending amount is forgotten',
    () => sql(`UPDATE ledger_pending SET posted_fen = 0 WHERE entry_id = (SELECT min(entry_id) FROM ledger_pending WHERE posted_fen > 0)`),
    /is kept as 0 posted/,
  ],
  [
    'I4',
    'a reservation is smaller than its order',
    () => sql(`UPDATE ledger_reservation SET amount_fen = amount_fen - 1 WHERE ended_at IS NULL`),
    /its open bank orders need/,
  ],
  [
    'I4',
    'a guarded account is negative with its open orders',
    () =>
      sql(
        drop('ledger_account', 'ledger_account_guard'),
        drop('ledger_account', 'ledger_account_guarded_kinds'),
        `UPDATE ledger_account SET guarded = false WHERE kind = 'R' AND listing_no = 'L3'`,
      ),
    /less 0 pending and/,
  ],
  [
    'I5',
    'an audit record is rewritten',
    () => sql(`UPDATE audit_record SET who = 'somebody else' WHERE id = (SELECT min(id) FROM audit_record)`),
    /was changed after it was sealed/,
  ],
  [
    'I5',
    'a version is skipped',
    () => sql(`UPDATE ledger_entry SET debit_version = debit_version + 100 WHERE id = (SELECT max(id) FROM ledger_entry)`),
    /versions up to/,
  ],
  [
    'I6',
    'a quota is smaller than what was sold',
    (world) =>
      sql(drop('listing_quota', 'listing_quota_never_oversold'), [
        `UPDATE listing_quota SET quota_fen = 799 WHERE listing_id = $1`,
        [world.raising],
      ]),
    /listing L1 .* quota is 799/,
  ],
  [
    'I7',
    'a return is larger than what is frozen',
    (world) => sql([`UPDATE investment_return SET amount_fen = 301 WHERE listing_id = $1`, [world.raising]]),
    /listing L1 has 800 frozen/,
  ],
  [
    'I8',
    'a release belongs to no hold',
    (world) => sql([`UPDATE bank_order SET hold_order_id = NULL WHERE kind = 'RELEASE' AND listing_id = $1`, [world.failed]]),
    /200 held, 0 used, 0 released/,
  ],
  [
    'I9',
    'a loan gets a second open incoming order',
    (world) =>
      sql(
        'DROP INDEX bank_order_one_incoming',
        `INSERT INTO bank_order (id, request_no, kind, send_group, subject_id, amount_fen, loan_id, state, created_on)
     SELECT uuidv7(), 'Q-second', kind, send_group, subject_id, amount_fen, loan_id, state, created_on FROM bank_order WHERE id = '${world.repayOfSecondLoan}'`,
      ),
    /has 2 open incoming orders/,
  ],
  [
    'I10',
    'a payout is larger than what was distributed',
    () => sql(`UPDATE payout SET amount_fen = amount_fen + 1 WHERE state = 'sent'`),
    /its payouts are 2021/,
  ],
  [
    'I10',
    'a payout names a claim that is not the one of its share',
    () => sql(`UPDATE payout SET claim_id = instalment_id WHERE ${oneOf('payout', "state = 'sent'")}`),
    /names instalment .*, its share and what came in are of others/,
  ],
  [
    'I11',
    'a share of interest is one fen too much',
    () => sql(`UPDATE share SET interest_fen = interest_fen + 1 WHERE ${oneOf('share', 'distributed_fen = 0')}`),
    /is 5000 \+ 50 \+ 0, its shares 5000 \+ 51/,
  ],
  [
    'I11',
    'a claim is larger than its shares',
    () => sql(`UPDATE claim SET principal_fen = principal_fen + 1 WHERE ${oneOf('claim', 'true')}`),
    /its shares give back 6000/,
  ],
  [
    'I12',
    'a cap counts an order that has come back',
    (world) => sql([`UPDATE listing_exposure SET amount_fen = amount_fen + 200 WHERE listing_id = $1 AND amount_fen = 0`, [world.failed]]),
    /has 200 in listing L2, his orders make 0/,
  ],
  [
    'I12',
    'a credit line has used more than its movements',
    (world) => sql([`UPDATE credit_line SET used_fen = used_fen + 1 WHERE customer_id = $1`, [world.borrower]]),
    /its movements make 6000/,
  ],
  [
    'I12',
    'a listing costs more than its cap',
    (world) => sql([`UPDATE listing SET worst_apr_ppm = cap_ppm + 1 WHERE id = $1`, [world.raising]]),
    /the cap is 240000/,
  ],
  [
    'I13',
    'the bank has a fen more',
    () =>
      sql(
        drop('statement_balance', 'statement_balance_adds_up'),
        `UPDATE statement_balance SET total_fen = total_fen + 1 WHERE account_no = 'EC3'`,
      ),
    /account EC3: the bank has/,
  ],
  [
    'I14',
    'an order past its limit was not asked about for a day',
    (world) => sql([`UPDATE bank_order SET asked_at = clock_timestamp() - interval '1 day' WHERE id = $1`, [world.repayOfSecondLoan]]),
    /is created past its limit/,
  ],
  [
    'I14',
    'the job that was to send an order has ended, and the order was not sent',
    (world) =>
      sql([
        `UPDATE job SET done_at = clock_timestamp() WHERE subject = (SELECT send_group::text FROM bank_order WHERE id = $1)`,
        [world.repayOfSecondLoan],
      ]),
    /is created, and no job will send it/,
  ],
  [
    'I15',
    'a job is due for an hour and nobody answers',
    () =>
      sql(
        `INSERT INTO job (name, subject, unique_key, lane, due_at) VALUES ('test.job', 'x', 'x', 'books', clock_timestamp() - interval '1 hour')`,
      ),
    /job .* is due since/,
  ],
  [
    'I16',
    'a key was used for two orders',
    () =>
      sql(
        drop('investment_order', 'investment_order_actor_key_key'),
        `UPDATE investment_order SET key = (SELECT key FROM investment_order WHERE actor = 'C2' ORDER BY no LIMIT 1) WHERE no = (SELECT max(no) FROM investment_order WHERE actor = 'C2')`,
      ),
    /actor C2 used the key .* for 2 orders/,
  ],
  [
    'I17',
    'a move takes another arrow',
    () => sql(`UPDATE move SET event = 'reject' WHERE id = (SELECT max(id) FROM move WHERE noun = 'listing')`),
    /is not in its table/,
  ],
  [
    'I17',
    'a state changes without a move',
    () => sql(`UPDATE payout SET state = 'due' WHERE state = 'sent'`),
    /payout .* is due, its moves end in sent/,
  ],
  [
    'I18',
    'somebody approved his own proposal',
    () => sql(drop('proposal', 'proposal_two_people'), `UPDATE proposal SET checker = maker WHERE state = 'executed'`),
    /made by opr_1, checked by opr_1/,
  ],
  [
    'I18',
    'what was approved is not what was proposed',
    () => sql(`UPDATE proposal SET payload = '{"amountFen": 2, "why": ["a", "b"]}' WHERE state = 'executed'`),
    /is not what its digest was made of/,
  ],
  [
    'I19',
    'a name stands in clear',
    () => sql(`UPDATE customer SET name_masked = '张三' WHERE customer_no = 'C1'`),
    /name of customer C1 is not masked/,
  ],
  [
    'I19',
    'an ID number stands in a purpose',
    (world) => sql([`UPDATE listing SET purpose = '为 11010519491231002X 装修' WHERE id = $1`, [world.raising]]),
    /listing\.purpose shows an ID or mobile number/,
  ],
  [
    'I19',
    'a mobile number stands in an answer',
    () => sql(`UPDATE command SET answer = '{"mobile": "13812345678"}' WHERE key = 'k1'`),
    /command\.answer shows/,
  ],
  [
    'I20',
    'an entry is booked in a day that does not exist yet',
    () => sql(`UPDATE ledger_entry SET book_date = book_date + 1 WHERE id = (SELECT min(id) FROM ledger_entry)`),
    /the day lasted from/,
  ],
  [
    'I20',
    'the business date runs ahead',
    () => sql(`UPDATE business_clock SET business_date = business_date + 1 WHERE id = 1`),
    /the last day that was opened 2024-03-02/,
  ],
];

/** Statements of which each must change one row. */
function sql(...statements: readonly (string | readonly [string, readonly unknown[]])[]): Change {
  return async (tx) => {
    for (const statement of statements) {
      const [text, params] = typeof statement === 'string' ? [statement, []] : statement;
      const changed = await tx.execute(text, params);
      if (!text.startsWith('ALTER') && !text.startsWith('DROP')) expect(changed).toBe(1);
    }
  };
}

function drop(table: string, constraint: string): string {
  return `ALTER TABLE ${table} DROP CONSTRAINT ${constraint} CASCADE`;
}

function oneOf(table: string, where: string): string {
  return `id = (SELECT id FROM ${table} WHERE ${where} ORDER BY id LIMIT 1)`;
}
