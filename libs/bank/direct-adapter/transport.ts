import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Bug, Outage } from '#kernel/faults';

export interface TransportLimits {
  /** Until the connection stands, TLS included. */
  readonly connectTimeoutMs: number;
  /** From the connection to the answer's headers, and again to its last byte. */
  readonly answerTimeoutMs: number;
  /** Largest answer that is kept in memory. */
  readonly answerLimitBytes: number;
}

/**
 * How far a request came. `not_sent`: it was not fully written, so the bank cannot have acted on it. `nothing`: it was, and no whole answer came: whether the
 * bank acted is not known.
 */
export type Silence = { readonly kind: 'not_sent' | 'nothing'; readonly why: string };
export type Begun = Silence | { readonly kind: 'answering'; readonly response: IncomingMessage };

/**
 * How long a connection is kept without use: shorter than servers usually keep it, because a request that meets the server's own hanging up is lost without
 * anybody knowing how far it came.
 */
const IDLE_MS = 4_000;

/** POSTs to one bank over kept connections. It knows nothing of signatures; its whole point is to tell `not_sent` from `nothing`. */
export class Transport {
  private readonly agent: HttpAgent;
  private readonly secure: boolean;

  constructor(
    private readonly base: URL,
    private readonly limits: TransportLimits,
  ) {
    if (base.protocol !== 'http:' && base.protocol !== 'https:')
      throw new Bug(`the bank's address has to be http or https, not ${base.protocol}`);
    this.secure = base.protocol === 'https:';
    const kept = { keepAlive: true, timeout: IDLE_MS };
    this.agent = this.secure ? new HttpsAgent(kept) : new HttpAgent(kept);
  }

  /** Path of a service as it is called and signed. */
  pathOf(servicePath: string): string {
    return `${this.base.pathname.replace(/\/$/, '')}${servicePath}`;
  }

  /** Sends one request and waits for the headers of its answer. Never throws for what the network does. */
  begin(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Begun> {
    return new Promise((resolve) => {
      let written = false;
      const request = (this.secure ? httpsRequest : httpRequest)(new URL(path, this.base), {
        method: 'POST',
        agent: this.agent,
        headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-length': String(body.length) },
      });
      const giveUp = (why: string) => (): void => void request.destroy(new Outage(why));
      let timer = setTimeout(giveUp('no connection in time'), this.limits.connectTimeoutMs);
      const connected = (): void => {
        clearTimeout(timer);
        timer = setTimeout(giveUp('no answer in time'), this.limits.answerTimeoutMs);
      };
      request.once('socket', (socket) => {
        if (request.reusedSocket || !socket.connecting) connected();
        else socket.once(this.secure ? 'secureConnect' : 'connect', connected);
      });
      // `finish` comes when the last byte went to the operating system: before it, what the bank has cannot be a whole request.
      request.once('finish', () => (written = true));
      request.once('response', (response) => {
        clearTimeout(timer);
        resolve({ kind: 'answering', response });
      });
      request.on('error', (error) => {
        clearTimeout(timer);
        resolve({ kind: written ? 'nothing' : 'not_sent', why: describe(error) });
      });
      request.end(body);
    });
  }

  /** The whole body of an answer, or why there is none: cut off, too slow, too large. */
  collect(response: IncomingMessage): Promise<Buffer | Silence> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const end = (result: Buffer | Silence): void => {
        clearTimeout(timer);
        resolve(result);
        if (!Buffer.isBuffer(result)) response.destroy();
      };
      const nothing = (why: string): void => end({ kind: 'nothing', why });
      const timer = setTimeout(() => nothing('the answer did not end in time'), this.limits.answerTimeoutMs);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > this.limits.answerLimitBytes) nothing(`the answer is larger than ${this.limits.answerLimitBytes} bytes`);
        else chunks.push(chunk);
      });
      response.once('end', () => end(Buffer.concat(chunks)));
      response.on('error', (error) => nothing(`the answer broke off: ${describe(error)}`));
      response.once('close', () => nothing('the answer broke off'));
    });
  }

  /** The chunks of a long answer, as they come; a pause longer than the answer's limit ends it. */
  async *stream(response: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
    response.setTimeout(this.limits.answerTimeoutMs, () => response.destroy(new Outage('the file stopped coming')));
    try {
      for await (const chunk of response) yield chunk as Buffer;
    } catch (error) {
      throw new Outage(`the file broke off: ${error instanceof Error ? describe(error) : String(error)}`, { cause: error });
    } finally {
      response.destroy();
    }
  }

  /** Ends every connection. */
  destroy(): void {
    this.agent.destroy();
  }
}

function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code === undefined ? error.message : `${code} ${error.message}`;
}
