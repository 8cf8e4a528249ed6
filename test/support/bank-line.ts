import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of the platform to the bank, as it passes. */
export interface PassingCall {
  /** `batches/submit` */
  readonly service: string;
  /** Of the envelope. */
  readonly requestNo: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A call that is held on the line: before it reaches the bank, or when the bank has answered and the platform does not know. */
export interface HeldCall extends PassingCall {
  /** Lets it pass, and whatever waits beside it. Who waited for it may have gone in the meantime. */
  release(): void;
}

/** Looks at a passing call and its bytes. */
export type Watch = (call: PassingCall, bytes: Buffer) => Promise<void>;

interface Trap {
  readonly at: 'request' | 'answer';
  readonly isMeant: (call: PassingCall, answer: Readonly<Record<string, unknown>>) => boolean;
  /** Told of the first call. Further ones of the same trap wait beside it. */
  readonly caught: (call: HeldCall) => void;
  readonly held: (() => void)[];
}

/**
 * The line between the platform and the bank: passes every call on, byte for byte, and holds the one that a test is waiting for. So an experiment strikes at
 * a moment that is known, and not when a clock says so.
 */
export class BankLine {
  private readonly traps = new Set<Trap>();

  private constructor(
    private readonly server: Server,
    /** The port on which the bank is to listen: it starts after the line. */
    readonly bankPort: number,
    private readonly watch: Watch,
  ) {}

  /** @param watch is told of every call before the bank is; the call waits for it */
  static async open(watch: Watch = () => Promise.resolve()): Promise<BankLine> {
    const server = createServer();
    const line = new BankLine(server, await freePort(), watch);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      line.pass(request, response).catch(() => response.destroy());
    });
    await listening(server);
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.server)}`;
  }

  /** Resolves when a call that is meant has come in full; the bank has not heard of it then. The next one like it passes. */
  beforeTheBank(isMeant: (call: PassingCall) => boolean): Promise<HeldCall> {
    return new Promise((caught) => this.traps.add({ at: 'request', isMeant, caught, held: [] }));
  }

  /**
   * Resolves when the bank has acted and answered; nobody of ours has heard the answer then, and nobody hears it by asking once more: until the release
   * every answer that is meant is held.
   */
  afterTheBank(isMeant: (call: PassingCall, answer: Readonly<Record<string, unknown>>) => boolean): Promise<HeldCall> {
    return new Promise((caught) => this.traps.add({ at: 'answer', isMeant, caught, held: [] }));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await bytesOf(request);
    const call = {
      service: (request.url ?? '').replace('/open/v1/', ''),
      body: readJson(bytes),
      requestNo: String(request.headers['x-request-no']),
    };
    await this.watch(call, bytes);
    await this.hold('request', call, {});
    const answer = await this.ask(request, bytes);
    await this.hold('answer', call, readJson(answer.bytes));
    if (response.destroyed) return;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.bytes);
  }

  private async hold(at: Trap['at'], call: PassingCall, answer: Readonly<Record<string, unknown>>): Promise<void> {
    const trap = [...this.traps].find((each) => each.at === at && each.isMeant(call, answer));
    if (trap === undefined) return;
    if (at === 'request') this.traps.delete(trap);
    const release = (): void => {
      this.traps.delete(trap);
      for (const pass of trap.held) pass();
    };
    await new Promise<void>((pass) => {
      trap.held.push(pass);
      trap.caught({ ...call, release });
    });
  }

  private ask({ method, url, headers }: IncomingMessage, bytes: Buffer): Promise<{ status: number; headers: string[]; bytes: Buffer }> {
    return new Promise((resolve, reject) => {
      const onward = forward(`http://127.0.0.1:${this.bankPort}${url}`, { method, headers }, (answer) => {
        void bytesOf(answer).then((body) => resolve({ status: answer.statusCode ?? 502, headers: answer.rawHeaders, bytes: body }), reject);
      });
      onward.on('error', reject);
      onward.end(bytes);
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await listening(server);
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function readJson(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
