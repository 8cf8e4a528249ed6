import type { BankPort, Capabilities } from '#bank/port';
import { isRequestNo, SERVICES, type ServiceName } from '#bank/wire';
import { Bug } from '#kernel/faults';
import { formatYuan } from '#kernel/money';
import { wallClock, type WallClock } from '#platform/clock';
import { readAccount, readBalance, readMandates, openAccount, signMandate } from './accounts';
import { capabilitiesShape, checkSettleWindow, clockAheadSeconds } from './capabilities';
import { Channel, type BankAlarm, type Credentials } from './channel';
import { encodeInstruction } from './encoding';
import { Guard, type GuardLimits } from './guard';
import { verifyNotice } from './notices';
import { askForBatch, askForRequest, closeRequest } from './questions';
import { dataOf } from './reading';
import { outcomeOfTry } from './signals';
import { confirmStatement, downloadStatement, isBanksFile, listStatements } from './statements';
import { Transport, type TransportLimits } from './transport';

export interface DirectBankOptions extends Credentials {
  /** The bank's address; services lie below it at `/open/v1/`. */
  readonly url: string;
  /** How long the bank works on one request at most, as its contract says. Part of the rule of the settle window; half a second unless set. */
  readonly processingLimitSeconds?: number;
  /** Part of the bank's requests per second that this process may use; 1 when it is alone. */
  readonly rateShare?: number;
  readonly limits?: Partial<TransportLimits & GuardLimits>;
  /** Real time, never the sandbox's. */
  readonly clock?: WallClock;
  /** Hears what a person should look at; the outcome carries `alarm` as well. */
  readonly onAlarm?: (alarm: BankAlarm) => void;
}

export interface DirectBank extends BankPort {
  /** Why nothing goes out at present (`open: …`, `stopped: …`), for the health page; `undefined` when the way is free. */
  held(): string | undefined;
  /** Ends the connections. Later calls are answered as not sent. */
  disconnect(): void;
}

const LIMITS: TransportLimits & GuardLimits = {
  connectTimeoutMs: 3_000,
  answerTimeoutMs: 10_000,
  answerLimitBytes: 4_000_000,
  concurrency: 40,
  placesOfRush: 32,
  waiting: 10_000,
  outagesToOpen: 10,
  openMs: 2_000,
  stopMs: 60_000,
  longestPaceMs: 30_000,
};

/** The sandbox's bank promises 2 s of tolerance and 3 s of window. */
const PROCESSING_LIMIT_SECONDS = 0.5;

/**
 * The adapter for a direct bank that speaks the wire of `docs/decisions/0010-bank-adapter.md`. Reads what the bank can do, and obeys it.
 * @throws Outage when the bank does not answer, or when its settle window does not keep the rule
 */
export async function createDirectBank(options: DirectBankOptions): Promise<DirectBank> {
  const limits = { ...LIMITS, ...options.limits };
  const clock = options.clock ?? wallClock;
  const guard = new Guard(limits);
  const transport = new Transport(new URL(options.url), limits);
  const channel = new Channel(options, transport, guard, clock, options.onAlarm ?? ((): void => undefined));
  const disconnect = (): void => {
    guard.close();
    transport.destroy();
  };
  try {
    const capabilities = await connect(channel, options.processingLimitSeconds ?? PROCESSING_LIMIT_SECONDS);
    guard.allow(capabilities.requestsPerSecond * (options.rateShare ?? 1));
    return { ...portOf(channel, capabilities, options, clock), held: () => guard.state(), disconnect };
  } catch (error) {
    disconnect();
    throw error;
  }
}

async function connect(channel: Channel, processingLimitSeconds: number): Promise<Capabilities> {
  const { signal, exchange } = await channel.ask('capabilities', '{}');
  const capabilities = dataOf(signal, 'capabilities', capabilitiesShape);
  const bankTimestamp = signal.heard === 'answer' ? signal.bankTimestamp : undefined;
  checkSettleWindow(capabilities, { processingLimitSeconds, clockAheadSeconds: clockAheadSeconds(exchange.startedAt, bankTimestamp) });
  return capabilities;
}

function portOf(channel: Channel, capabilities: Capabilities, credentials: Credentials, clock: WallClock): BankPort {
  const { settleWindowSeconds, timestampToleranceSeconds, batchLimit } = capabilities;
  const { platformNo, bankPublicKeyPem } = credentials;
  return {
    capabilities,
    encode: (instruction) => encodeInstruction(instruction, capabilities),
    send: (requestNo, { service, body }) => send(channel, requestNo, service, body),
    query: (requestNo, givenUpAt) => askForRequest(channel, requestNo, givenUpAt, settleWindowSeconds),
    queryBatch: (requestNo, givenUpAt) => askForBatch(channel, requestNo, { givenUpAt, settleWindowSeconds }, batchLimit),
    close: (requestNo) => closeRequest(channel, requestNo),
    account: (by) => readAccount(channel, by),
    balance: (accountNo, listingNo) => readBalance(channel, accountNo, listingNo),
    openingUrl: (customer, returnUrl) => openAccount(channel, customer, returnUrl),
    signMandate: (mandate, returnUrl) => signMandate(channel, { ...mandate, maxAmount: formatYuan(mandate.maxAmount) }, returnUrl),
    mandates: (accountNo, kind) => readMandates(channel, accountNo, kind),
    statements: (bankDate) => listStatements(channel, bankDate),
    download: (name) => downloadStatement(channel, name),
    verifyFile: (file, signature) => isBanksFile(file, signature, bankPublicKeyPem),
    confirm: (file, result) => confirmStatement(channel, file, result),
    verifyNotice: (raw) => verifyNotice(raw, { platformNo, bankPublicKeyPem, timestampToleranceSeconds, now: clock.now() }),
  };
}

async function send(channel: Channel, requestNo: string, service: string, body: string): ReturnType<BankPort['send']> {
  if (!isRequestNo(requestNo)) throw new Bug(`"${requestNo}" cannot be a request number`);
  const { signal, exchange } = await channel.ask(serviceNamed(service), body, requestNo);
  const outcome = outcomeOfTry(signal, service);
  if (outcome.kind === 'unknown' && outcome.alarm === true && signal.heard === 'answer')
    channel.alarm({ why: outcome.why, service, requestNo });
  return { ...outcome, exchange };
}

/** Stored bytes name their service; a name that the wire does not have was not stored by this adapter. */
function serviceNamed(service: string): ServiceName {
  const name = SERVICES.find((known) => known === service);
  if (name === undefined) throw new Bug(`the bank has no service "${service}"`);
  return name;
}
