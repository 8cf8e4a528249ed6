// The bank's own capacity: signed calls of holds/place, one after the other on each connection, and nothing else. A process of its own, as a worker is.
import { servicePath, signedHeaders } from '#bank/wire';
import { newId, requestNoOf } from '#kernel/ids';
import { fen, formatYuan } from '#kernel/money';
import { instant } from '#kernel/time';
import { Connection } from '../connection';

/** So many holds for orders of one listing, on the accounts in turn. */
export interface BareCalls {
  readonly calls: number;
  readonly connections: number;
  readonly listingNo: string;
  readonly accounts: readonly string[];
  readonly amountFen: number;
}

/** How long it took from the first call to the last answer. */
export interface BareAnswer {
  readonly seconds: number;
  /** The first answer that was no yes. */
  readonly wrong: string | undefined;
}

const { BANK_URL, BANK_PLATFORM_NO, BANK_KEY_SERIAL, PLATFORM_PRIVATE_KEY } = process.env;
const path = servicePath('holds/place');

process.on('message', (wanted: BareCalls) => void call(wanted).then((answer) => process.send?.(answer)));
process.once('disconnect', () => process.exit(0));
process.send?.({ ready: true });

async function call(wanted: BareCalls): Promise<BareAnswer> {
  const port = Number(new URL(BANK_URL!).port);
  const connections = await Promise.all(Array.from({ length: wanted.connections }, () => Connection.open(port)));
  const start = performance.now();
  let next = 0;
  let wrong: string | undefined;
  const keepCalling = async (connection: Connection): Promise<void> => {
    while (next < wanted.calls && wrong === undefined) {
      next += 1;
      const { body } = await connection.ask(requestOf(wanted, next));
      if (!body.includes('"SUCCEEDED"')) wrong ??= body;
    }
  };
  await Promise.all(connections.map(keepCalling)).catch((error: unknown) => (wrong ??= String(error)));
  const seconds = (performance.now() - start) / 1_000;
  for (const connection of connections) connection.close();
  return { seconds, wrong };
}

function requestOf({ listingNo, accounts, amountFen }: BareCalls, at: number): string {
  const amount = formatYuan(fen(BigInt(amountFen)));
  const body = JSON.stringify({ accountNo: accounts[at % accounts.length], listingNo, orderNo: `${listingNo}-${at}`, amount });
  const headers = signedHeaders({
    direction: 'request',
    path,
    platformNo: BANK_PLATFORM_NO!,
    requestNo: requestNoOf(newId()),
    timestamp: instant(new Date()),
    keySerial: BANK_KEY_SERIAL!,
    body,
    privateKeyPem: PLATFORM_PRIVATE_KEY!,
  });
  const signed = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n${signed.join('')}\r\n${body}`;
}
