// The customer API's own process with another decision about orders, which its parent names: `echo` answers a constant, `row lock 4` takes one row lock per order from a
// pool of four connections. All else (guards, session, pipes, bodies, answers) is the process that customers speak to. One process for all, so that all are as warm.
import { newId } from '#kernel/ids';
import { runProcess } from '#platform/processes';
import type { CustomerApiPorts } from '../../apps/customer-api/ports';
import { serveCustomers } from '../../apps/customer-api/serve';
import { RowLockAdmission } from './row-lock';

type Decides = CustomerApiPorts['admission'];

runProcess('customer-api', async (context) => {
  const known = new Map<string, Decides>([['echo', echo()]]);
  let present = known.get('echo')!;
  process.on('message', ({ decision }: { readonly decision: string }) => {
    present = known.get(decision) ?? new RowLockAdmission(context.config.DATABASE_URL, Number(decision.replace('row lock ', '')));
    known.set(decision, present);
    process.send?.({ decision });
  });
  const admission = { admit: (request: Parameters<Decides['admit']>[0]) => present.admit(request) };
  // `GET /health` is the bare request of the bench: it asks nobody here.
  return serveCustomers(
    context,
    () => admission,
    () => ({}),
  );
});

/** The same answer for everybody, of the size of a real one. */
function echo(): Decides {
  const order = {
    id: newId(),
    no: 123_456n,
    listing_id: newId(),
    customer_id: newId(),
    amount_fen: 100_000n,
    accepts_part: true,
    admission_id: newId(),
    admitted_at: new Date(),
  };
  return { admit: () => Promise.resolve({ order, replayed: false }) };
}
