import { defineJob } from '#platform/queue';
import type { JobCall } from '#platform/queue';
import { connectedBank, noticeBody, onNotice } from '#registers/bank-order';
import { customerByAccountNo, customerByNo, refreshEAccount } from './customers';
import { recordMandate } from './mandates';
import type { MandateKind } from './mandates';

/**
 * An e-account was opened, frozen or closed: the notice is a bell, the bank is asked which account the customer has now and how it stands. A late notice about an account
 * that he has left says nothing about the one he has.
 */
export const accountNewsJob = defineJob({
  name: 'identity.account-news',
  lane: 'notices',
  limit: { rings: 50 },
  run: async (call: JobCall) => {
    const body = await call.work.run((tx) => noticeBody(tx, call.job.subject));
    const accountNo = String(body['accountNo']);
    const customerNo = typeof body['customerNo'] === 'string' ? body['customerNo'] : undefined;
    const customer = await call.work.read((tx) =>
      customerNo === undefined ? customerByAccountNo(tx, accountNo) : customerByNo(tx, customerNo),
    );
    // Somebody who has never logged in is no customer of the platform yet: at his login the bank is asked anyway.
    const state = customer === undefined ? undefined : await connectedBank().account({ customerNo: customer.customerNo });
    await call.work.run(async (tx) => {
      if (customer !== undefined && state !== undefined) await refreshEAccount(tx, customer.id, state);
      await call.done(tx);
    });
  },
});

/** A mandate was signed, changed or revoked on the bank's page: asked, then kept. */
export const mandateNewsJob = defineJob({
  name: 'identity.mandate-news',
  lane: 'notices',
  limit: { rings: 50 },
  run: async (call: JobCall) => {
    const body = await call.work.run((tx) => noticeBody(tx, call.job.subject));
    const accountNo = String(body['accountNo']);
    const kind = String(body['kind']) as MandateKind;
    const customer = await call.work.read((tx) => customerByAccountNo(tx, accountNo));
    const told = customer === undefined ? [] : await connectedBank().mandates(accountNo, kind);
    await call.work.run(async (tx) => {
      for (const mandate of told) await recordMandate(tx, { customerId: customer!.id, accountNo, kind }, mandate);
      await call.done(tx);
    });
  },
});

for (const kind of ['ACCOUNT_OPENED', 'ACCOUNT_CHANGED', 'JUDICIAL_FREEZE']) onNotice(kind, accountNewsJob.name);
onNotice('MANDATE_CHANGED', mandateNewsJob.name);
