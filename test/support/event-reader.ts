import { request } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** One server-sent event, its data read as JSON. */
export interface EventSeen<Data> {
  readonly id: string;
  readonly event: string;
  readonly data: Data;
}

/** A page that listens to server-sent events, as a browser does, but for coming again by itself. */
export class EventReader<Data = Record<string, unknown>> {
  readonly events: EventSeen<Data>[] = [];
  readonly comments: string[] = [];
  retryMs: number | undefined;
  /** Whether the answer has ended, in order or not. */
  hasEnded = false;
  private rest = '';

  private constructor(
    private readonly asked: ClientRequest,
    private readonly answer: IncomingMessage,
  ) {
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => this.take(chunk));
    answer.on('error', () => undefined);
    answer.once('close', () => (this.hasEnded = true));
  }

  /** Resolves when the answer begins. */
  static open<Data = Record<string, unknown>>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader<Data>> {
    return new Promise((resolve, reject) => {
      const asked = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
      asked.once('response', (answer) => resolve(new EventReader<Data>(asked, answer)));
      asked.on('error', reject);
      asked.end();
    });
  }

  get status(): number {
    return this.answer.statusCode!;
  }

  get headers(): IncomingHttpHeaders {
    return this.answer.headers;
  }

  /** What came beside events, or in place of them. */
  get text(): string {
    return this.rest;
  }

  get last(): EventSeen<Data> | undefined {
    return this.events.at(-1);
  }

  /** The page is closed. */
  close(): void {
    this.asked.destroy();
  }

  private take(chunk: string): void {
    const blocks = `${this.rest}${chunk}`.split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) this.takeBlock(block);
  }

  private takeBlock(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
    if (fields.has('')) this.comments.push(fields.get('')!);
    if (fields.has('retry')) this.retryMs = Number(fields.get('retry'));
    if (!fields.has('data')) return;
    this.events.push({
      id: fields.get('id') ?? '',
      event: fields.get('event') ?? 'message',
      data: JSON.parse(fields.get('data')!) as Data,
    });
  }
}
