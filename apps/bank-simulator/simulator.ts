import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAgenda } from './agenda';
import type { Bank } from './bank';
import { runBatch } from './batches/running';
import { enterPlatformAccounts } from './books/platform-accounts';
import { windUpClock } from './clock';
import { refusals, type SimulatorOptions } from './configuration';
import { actDeferred } from './counter/deferring';
import { pace } from './counter/pace';
import { handlerOf } from './counter/serving';
import { openWindow } from './database/cashier';
import { openPool, sessionOf } from './database/connection';
import { migrate } from './database/schema';
import { openFaultBook } from './faults/plan';
import { openDelivery } from './notices/delivery';
import { numbers } from './numbers';
import { openProvider, type Handler } from './oidc/provider';
import { platformAddress } from './platform-address';
import { decideFinancing } from './services/financings';
import { publishStatement } from './statements/writing';
import { decideTransfer } from './transfers/deciding';
import { giveBack } from './transfers/giving-back';
import { turns } from './turns';

/** A bank that runs. */
export interface RunningSimulator {
  readonly port: number;
  readonly url: string;
  /** Ends it in order: no new requests, what runs is finished, the books are closed. */
  stop(): Promise<void>;
}

/** One connection for the cashier, the others for readers. */
const CONNECTIONS = 4;

/**
 * Starts the simulated bank on its own database.
 * @throws TypeError with a sentence when the options contradict each other
 */
export async function startBankSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const [refusal] = refusals(options);
  if (refusal !== undefined) throw new TypeError(refusal);
  const pool = openPool(options.databaseUrl, CONNECTIONS);
  await migrate(pool);
  const reading = sessionOf(pool);
  const cashier = openWindow(pool);
  const clock = await cashier.serve((tx) => windUpClock(tx, options.startDate), { alone: true });
  const platform = await platformAddress(reading, options);
  const delivery = await openDelivery(reading, options, {
    address: () => platform.noticeUrl,
    today: () => clock.calendarDate(),
  });
  const doors: { url: string; oidc?: Handler } = { url: '' };
  const bank: Bank = {
    options,
    clock,
    numbers: numbers(reading, 'number_block'),
    people: numbers(reading, 'people_block'),
    reading,
    cashier,
    faults: await openFaultBook(reading),
    delivery,
    agenda: openAgenda({ reading, cashier, whole: () => bank }, PERFORMERS),
    pace: pace(options.requestsPerSecond),
    turns: turns(),
    platform,
    url: () => doors.url,
  };
  await cashier.serve((tx) => enterPlatformAccounts(tx, bank), { alone: true });

  const server = createServer(handlerOf(bank, () => doors.oidc));
  const port = await listen(server, options);
  const url = `http://127.0.0.1:${port}`;
  doors.url = options.publicUrl?.replace(/\/$/, '') ?? url;
  doors.oidc = await openProvider(bank);
  delivery.wake();
  await bank.agenda.perform();
  return { port, url, stop: () => stop(server, bank, pool) };
}

const PERFORMERS = {
  ACT_DEFERRED: actDeferred,
  DECIDE_TRANSFER: decideTransfer,
  DECIDE_FINANCING: decideFinancing,
  GIVE_BACK: giveBack,
  RUN_BATCH: runBatch,
  WRITE_STATEMENT: publishStatement,
};

function listen(server: Server, options: SimulatorOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.keepAliveTimeout = 60_000;
    server.once('error', reject);
    server.listen(options.port, options.listenAddress ?? '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function stop(server: Server, bank: Bank, pool: { end(): Promise<void> }): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await bank.agenda.stop();
  await bank.cashier.idle();
  await bank.delivery.stop();
  server.closeAllConnections();
  await closed;
  await pool.end();
}
