import { refuseKeyOfOrder } from '#journey/investment';
import type { Tx } from '#platform/database';
import { runCommand } from '#platform/http';
import type { CommandAnswer, CommandRequest } from '#platform/http';
import type { CustomerSession } from '#registers/identity';
import type { CustomerApiPorts } from './ports';

/** One command of a customer that is not an order. `status` of the first answer; default 201. */
export interface Act {
  readonly session: CustomerSession;
  readonly command: CommandRequest;
  readonly status?: number;
}

/** Runs a customer's command: effect and stored answer in one transaction; a repetition under the same key repeats the answer only. */
export async function runAct(
  ports: CustomerApiPorts,
  { session, command, status }: Act,
  fn: (tx: Tx) => Promise<object>,
): Promise<CommandAnswer> {
  const asked = { ...command, actor: session.customerId, ...(status === undefined ? {} : { status }) };
  return runCommand(ports.work, asked, async (tx) => {
    await refuseKeyOfOrder(tx, session.customerId, command.key);
    return fn(tx);
  });
}
