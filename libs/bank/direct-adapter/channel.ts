import type { IncomingMessage } from 'node:http';
import { HEADER, servicePath, signedHeaders, verify, verifySigned, RESPONSE, type ServiceName } from '#bank/wire';
import type { Exchange } from '#bank/port';
import { newId, requestNoOf } from '#kernel/ids';
import { instant } from '#kernel/time';
import type { WallClock } from '#platform/clock';
import { refuseInsideTransaction } from '#platform/database';
import type { Guard } from './guard';
import { isOurFault, type Signal } from './signals';
import type { Transport } from './transport';

/** Who we are to the bank, and how we know it. */
export interface Credentials {
  readonly platformNo: string;
  readonly keySerial: string;
  readonly privateKeyPem: string;
  readonly bankPublicKeyPem: string;
}

/** Something that a person should look at: our messages are refused as such, or a number has two bodies. */
export interface BankAlarm {
  readonly why: string;
  readonly service: string;
  readonly requestNo: string;
}

/** One try: what came of it, and when. `exchange.startedAt` is the time that the request was stamped with. */
export interface Heard {
  readonly signal: Signal;
  readonly exchange: Exchange;
}

/** An answer that is a file: its bytes have not come yet, and so its signature has not been checked. */
export interface FileAnswer {
  readonly signal: Signal;
  readonly response: IncomingMessage;
  /** Whether the answer's headers are the bank's word on a body with this lower-case hex SHA-256. */
  isBanks(sha256: string): boolean;
}

interface Message {
  readonly service: ServiceName;
  readonly path: string;
  readonly requestNo: string;
  readonly body: Buffer;
}

/** Longest answer that is kept with a bank order; what is longer is cut, it is there to be read by people. */
const EXCHANGE_LIMIT_CHARS = 16_384;

/** What a listing that sells out asks for by the thousand. */
const OF_A_RUSH: readonly ServiceName[] = ['holds/place', 'debits/place'];

/** Signed conversation with one bank: stamps and signs each request when it really goes, and lets no answer pass that the bank has not signed. */
export class Channel {
  constructor(
    private readonly credentials: Credentials,
    private readonly transport: Transport,
    private readonly guard: Guard,
    private readonly clock: WallClock,
    private readonly onAlarm: (alarm: BankAlarm) => void,
  ) {}

  /** One request. Reads and questions get a number of their own. @throws Bug inside a transaction */
  async ask(service: ServiceName, body: string, requestNo: string = requestNoOf(newId())): Promise<Heard> {
    refuseInsideTransaction('a call to the bank');
    const message = { service, path: this.transport.pathOf(servicePath(service)), requestNo, body: Buffer.from(body, 'utf8') };
    let startedAt = this.clock.now();
    const { signal } = await this.guard.run(async () => {
      startedAt = this.clock.now();
      return { signal: await this.exchange(message, startedAt) };
    }, OF_A_RUSH.includes(service));
    if (isOurFault(signal)) this.stop(message, `the bank refuses what we write (${wordsOf(signal)})`);
    return { signal, exchange: { answer: wordsOf(signal), startedAt, endedAt: this.clock.now() } };
  }

  /** One request whose answer is a file. What is not a file comes back as an ordinary signal. */
  async askForFile(service: ServiceName, body: string): Promise<FileAnswer | { readonly signal: Signal }> {
    refuseInsideTransaction('a call to the bank');
    const requestNo = requestNoOf(newId());
    const message = { service, path: this.transport.pathOf(servicePath(service)), requestNo, body: Buffer.from(body, 'utf8') };
    const answer = await this.guard.run(() => this.beginFile(message));
    if (isOurFault(answer.signal)) this.stop(message, `the bank refuses what we write (${wordsOf(answer.signal)})`);
    return answer;
  }

  /** The chunks of a file answer, and behind the last of them whether they are the bank's. */
  chunksOf(answer: FileAnswer): AsyncIterable<Buffer> {
    return this.transport.stream(answer.response);
  }

  alarm(alarm: BankAlarm): void {
    this.onAlarm(alarm);
  }

  private async exchange(message: Message, startedAt: Date): Promise<Signal> {
    const begun = await this.transport.begin(message.path, this.headersOf(message, startedAt), message.body);
    if (begun.kind !== 'answering') return { heard: begun.kind, why: begun.why };
    return this.hear(message, begun.response);
  }

  private async beginFile(message: Message): Promise<FileAnswer | { readonly signal: Signal }> {
    const begun = await this.transport.begin(message.path, this.headersOf(message, this.clock.now()), message.body);
    if (begun.kind !== 'answering') return { signal: { heard: begun.kind, why: begun.why } };
    const { response } = begun;
    const isFile = response.statusCode === 200 && !(response.headers['content-type'] ?? '').includes('json');
    if (!isFile) return { signal: await this.hear(message, response) };
    const signal: Signal = { heard: 'answer', httpStatus: 200, body: Buffer.alloc(0) };
    return { signal, response, isBanks: (sha256) => this.signedDigest(message, response, sha256) };
  }

  private headersOf(message: Message, at: Date): Record<string, string> {
    return signedHeaders({ direction: 'request', method: 'POST', ...this.credentials, ...message, timestamp: instant(at) });
  }

  /** Signature first: what is not provably the bank's answer to this very request says nothing. */
  private async hear(message: Message, response: IncomingMessage): Promise<Signal> {
    const body = await this.transport.collect(response);
    if (!Buffer.isBuffer(body)) return { heard: 'nothing', why: body.why };
    const httpStatus = response.statusCode ?? 0;
    const { platformNo, bankPublicKeyPem: publicKeyPem } = this.credentials;
    const expected = { path: message.path, requestNo: message.requestNo, platformNo, publicKeyPem };
    const verified = verifySigned(response.headers, { direction: 'response', body, ...expected });
    if (verified.ok) return { heard: 'answer', httpStatus, body, bankTimestamp: verified.timestamp };
    const signal: Signal = {
      heard: 'noise',
      why: `HTTP ${httpStatus}, not the bank's answer: ${verified.why}`,
      alarm: verified.why !== 'HEADER_MISSING',
    };
    if (signal.alarm === true) this.alarm({ why: signal.why, service: message.service, requestNo: message.requestNo });
    return signal;
  }

  /** As `verifySigned`, for a body that was hashed while it went by. */
  private signedDigest(message: Message, response: IncomingMessage, sha256: string): boolean {
    const header = (name: string): string => String(response.headers[name] ?? '');
    const { platformNo, bankPublicKeyPem } = this.credentials;
    if (header(HEADER.platformNo) !== platformNo || header(HEADER.requestNo) !== message.requestNo) return false;
    const lines = [RESPONSE, message.path, platformNo, message.requestNo, header(HEADER.timestamp), sha256].join('\n');
    return verify(lines, header(HEADER.signature), bankPublicKeyPem);
  }

  private stop(message: Message, why: string): void {
    this.guard.stop(why);
    this.alarm({ why, service: message.service, requestNo: message.requestNo });
  }
}

/** The answer's text as far as there is one. */
function wordsOf(signal: Signal): string | null {
  if (signal.heard !== 'answer') return null;
  const text = signal.body.toString('utf8');
  return text.length <= EXCHANGE_LIMIT_CHARS ? text : `${text.slice(0, EXCHANGE_LIMIT_CHARS)}…`;
}
