import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { fen } from '#kernel/money';
import type { Fen } from '#kernel/money';
import { reserve } from '#registers/ledger';
import { investmentOrderLifecycle } from '../../libs/journey/investment/investment.lifecycle';
import { instalmentLifecycle } from '../../libs/journey/repayment/instalment.lifecycle';
import { payoutLifecycle } from '../../libs/journey/repayment/payout.lifecycle';
import { FIRST_DAY as day } from './paper-days';
import { HELD_AT } from './small-world-scribe';
import type { Scribe } from './small-world-scribe';

/** A loan of two investors, whose first instalment is repaid. */
export async function lentOut(scribe: Scribe, listing: Uuid, borrower: Uuid, first: Uuid, second: Uuid): Promise<Uuid> {
  const orders = [
    { ...(await scribe.order(listing, 'L3', first, 'C2', 6_000n)), customer: first, no: 'C2', amount: 6_000n },
    { ...(await scribe.order(listing, 'L3', second, 'C3', 4_000n)), customer: second, no: 'C3', amount: 4_000n },
  ];
  for (const order of orders) {
    await scribe.walk(investmentOrderLifecycle, order.id, ['accept', 'collect', 'lend'], { accepted_fen: order.amount });
    await scribe.done(
      await scribe.bankOrder('COLLECT', order.id, order.amount, `E${order.no}`, 'DL3', { listing_id: listing, hold_order_id: order.hold }),
    );
  }
  await scribe.done(await scribe.bankOrder('DISBURSE', listing, 10_000n, 'DL3', 'EC1', { listing_id: listing }));
  const loan = await openLoan(scribe, listing, borrower, 'RL3', day);
  const claims: Uuid[] = [];
  for (const order of orders) {
    const [row] = await scribe.tx.query<{ no: bigint }>('SELECT no FROM investment_order WHERE id = $1', [order.id]);
    claims.push(
      await scribe.insert('claim', {
        loan_id: loan,
        order_id: order.id,
        order_no: row!.no,
        customer_id: order.customer,
        account_id: scribe.account(`E${order.no}`),
        principal_fen: order.amount,
        recorded_at: HELD_AT,
      }),
    );
  }
  await instalments(scribe, loan, listing, claims, [first, second]);
  return loan;
}

/** A second loan, of which only the open charge matters. */
export async function secondLoan(scribe: Scribe, listing: Uuid, borrower: Uuid): Promise<Uuid> {
  const loan = await openLoan(scribe, listing, borrower, 'RL4', null);
  const limit = { limit_at: '2024-01-01T00:00:00Z', asked_at: new Date(), loan_id: loan, listing_id: listing };
  return scribe.bankOrder('REPAY', loan, 700n, 'EC1', 'RL4', limit);
}

async function openLoan(scribe: Scribe, listing: Uuid, borrower: Uuid, repayment: string, startedOn: string | null): Promise<Uuid> {
  const id = newId();
  await scribe.tx.execute(
    `INSERT INTO loan (id, listing_id, borrower_id, paying_account_id, repayment_account_id, principal_fen, value_date, started_on) VALUES ($1, $2, $3, $4, $5, 10000, $6, $7)`,
    [id, listing, borrower, scribe.account('EC1'), scribe.account(repayment), day, startedOn],
  );
  return id;
}

/** Two of 5,000 and 50 interest each: the first repaid and given out, one payout paid and one on its way; the second not due yet. */
async function instalments(scribe: Scribe, loan: Uuid, listing: Uuid, claims: readonly Uuid[], customers: readonly Uuid[]): Promise<void> {
  const parts = [
    [3_000n, 30n],
    [2_000n, 20n],
  ] as const;
  for (const no of [1, 2]) {
    const id = newId();
    await scribe.tx.execute(
      `INSERT INTO instalment (id, loan_id, listing_id, no, nominal_date, due_date, provisional, principal_fen, interest_fen, grace_until)
       VALUES ($1, $2, $3, $4, $5, $5, false, 5000, 50, $5)`,
      [id, loan, listing, no, day],
    );
    const shares: Uuid[] = [];
    for (const [index, claim] of claims.entries()) {
      const [principal, interest] = parts[index]!;
      shares.push(await share(scribe, id, claim, principal, interest));
    }
    if (no === 1)
      await repaid(
        scribe,
        id,
        loan,
        listing,
        shares,
        claims,
        customers,
        parts.map(([principal, interest]) => principal + interest),
      );
  }
}

async function share(scribe: Scribe, instalment: Uuid, claim: Uuid, principal: bigint, interest: bigint): Promise<Uuid> {
  const id = newId();
  await scribe.tx.execute('INSERT INTO share (id, instalment_id, claim_id, principal_fen, interest_fen) VALUES ($1, $2, $3, $4, $5)', [
    id,
    instalment,
    claim,
    principal,
    interest,
  ]);
  return id;
}

async function repaid(
  scribe: Scribe,
  instalment: Uuid,
  loan: Uuid,
  listing: Uuid,
  shares: readonly Uuid[],
  claims: readonly Uuid[],
  customers: readonly Uuid[],
  amounts: readonly bigint[],
): Promise<void> {
  const incoming = await scribe.done(
    await scribe.bankOrder('REPAY', instalment, 5_050n, 'EC1', 'RL3', { listing_id: listing, loan_id: loan }),
  );
  await scribe.insert('incoming_part', {
    bank_order_id: incoming,
    target: 'instalment',
    target_id: instalment,
    amount_fen: 5_050n,
    principal_fen: 5_000n,
    recorded_at: HELD_AT,
  });
  await scribe.walk(instalmentLifecycle, instalment, ['charge'], { charged_on: day });
  await scribe.walk(instalmentLifecycle, instalment, ['collect'], { paid_fen: 5_050n });
  await scribe.tx.execute('UPDATE instalment SET distributed_fen = 5050 WHERE id = $1', [instalment]);
  for (const [index, share] of shares.entries()) {
    await scribe.tx.execute('UPDATE share SET distributed_fen = $2 WHERE id = $1', [share, amounts[index]]);
    await payout(scribe, {
      index,
      share,
      instalment,
      loan,
      listing,
      incoming,
      claim: claims[index]!,
      customer: customers[index]!,
      amount: fen(amounts[index]!),
    });
  }
}

async function payout(
  scribe: Scribe,
  of: {
    index: number;
    share: Uuid;
    instalment: Uuid;
    loan: Uuid;
    listing: Uuid;
    incoming: Uuid;
    claim: Uuid;
    customer: Uuid;
    amount: Fen;
  },
): Promise<void> {
  const account = of.index === 0 ? 'EC2' : 'EC3';
  const id = newId();
  await scribe.tx.execute(
    `INSERT INTO payout (id, loan_id, listing_id, customer_id, share_id, instalment_id, claim_id, incoming_id, account_id, amount_fen, due_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [id, of.loan, of.listing, of.customer, of.share, of.instalment, of.claim, of.incoming, scribe.account(account), of.amount, day],
  );
  const item = await scribe.bankOrder('PAYOUT', id, of.amount, 'RL3', account, { listing_id: of.listing });
  await reserve(scribe.tx, [{ bankOrderId: item, accountId: scribe.account('RL3'), amount: of.amount }]);
  await scribe.walk(payoutLifecycle, id, ['send'], { bank_order_id: item });
  if (of.index > 0) return;
  await scribe.done(item);
  await scribe.walk(payoutLifecycle, id, ['pay']);
}
