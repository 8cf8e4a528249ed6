import { Admission } from '#journey/investment';
import { newId, publicId } from '#kernel/ids';
import { serveCustomers } from '../../apps/customer-api/serve';
import { refusalsOfAnOrder } from '../../apps/customer-api/order-refusals';
import { ApiSurroundings } from '../support/api-processes';

// From the key on, the order is the door's: `admission.spec.ts` tells it check by check, and `admission-rule.test.ts` holds the database's function to it.

let world: ApiSurroundings;
let url: string;
beforeAll(async () => {
  world = await ApiSurroundings.open();
  url = await world.start('customer-api', (context) => serveCustomers(context, (work, caps) => new Admission(work, caps)));
});
afterAll(() => world.close());

it('everything is wrong with an order at first, one thing after the other is put right, and the next one is told', async () => {
  const cookie = await world.session('C1');
  await world.asOwner(
    `INSERT INTO command (actor, key, route, body_digest, status, answer) SELECT id::text, 'used', 'POST /applications', 'x', 201, '{}' FROM customer`,
  );
  const listing = publicId('lst', newId());
  const json = { 'content-type': 'application/json' };
  const signedIn = { ...json, cookie };
  const used = { ...signedIn, 'idempotency-key': 'used' };
  const wrong = JSON.stringify({ amountFen: -1 });
  const right = JSON.stringify({ amountFen: 100 });
  const steps: [string, Record<string, string>, string][] = [
    ['lst_nonsense', { 'content-type': 'text/html' }, '{'.repeat(110_000)],
    ['lst_nonsense', json, '{'.repeat(110_000)],
    ['lst_nonsense', json, '{'],
    ['lst_nonsense', json, wrong],
    ['lst_nonsense', signedIn, wrong],
    ['lst_nonsense', { ...signedIn, 'idempotency-key': 'k'.repeat(256) }, wrong],
    ['lst_nonsense', used, wrong],
    [listing, used, wrong],
    [listing, used, right],
    [listing, { ...signedIn, 'idempotency-key': 'new' }, right],
  ];
  const told: string[] = [];
  for (const [id, headers, body] of steps) {
    const answer = await fetch(`${url}/listings/${id}/orders`, { method: 'POST', headers, body });
    told.push(((await answer.json()) as { code: string }).code);
  }
  expect(told).toEqual(refusalsOfAnOrder.slice(0, told.length));
});
