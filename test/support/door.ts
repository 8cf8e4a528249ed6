/** An answer of any HTTP door, read as JSON where it is JSON. */
export interface DoorAnswer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

/** What a test may want otherwise in one request. */
export interface Asking {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Longest time that a door may take; days of the sandbox pass in less. */
const PATIENCE_MS = 150_000;

/** One party behind one HTTP address: every test of the whole platform speaks with it through this and nothing else. */
export class Door {
  private keys = 0;

  constructor(
    readonly url: string,
    /** Sent with everything: who is asking. */
    readonly headers: Readonly<Record<string, string>> = {},
    private readonly name = 'somebody',
  ) {}

  /** The same address, as somebody else. */
  as(name: string, headers: Readonly<Record<string, string>>): Door {
    return new Door(this.url, headers, name);
  }

  async ask<Body = Record<string, unknown>>(method: string, path: string, { body, raw, headers }: Asking = {}): Promise<DoorAnswer<Body>> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...this.headers, ...headers },
      ...(sent === undefined ? {} : { body: sent }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) as Body };
  }

  /** @throws Error with the whole answer when it is a refusal */
  async get<Body>(path: string): Promise<Body> {
    return this.must<Body>('GET', path, {});
  }

  /** A command under a fresh idempotency key. @throws Error with the whole answer when it is a refusal */
  async post<Body = Record<string, unknown>>(path: string, body: unknown = {}): Promise<Body> {
    return this.must<Body>('POST', path, { body, headers: this.once() });
  }

  async put<Body = Record<string, unknown>>(path: string, body: unknown): Promise<Body> {
    return this.must<Body>('PUT', path, { body, headers: this.once() });
  }

  /** Every item of a list that comes in pages. */
  async pages<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let after: string | null | undefined = '';
    while (after !== null && after !== undefined) {
      const mark: string = path.includes('?') ? '&' : '?';
      const page: { items: Item[]; next?: string | null } = await this.get(
        `${path}${mark}limit=99${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
      );
      items.push(...page.items);
      after = page.next;
    }
    return items;
  }

  /** A fresh idempotency key. */
  once(): { 'idempotency-key': string } {
    this.keys += 1;
    return { 'idempotency-key': `${encodeURIComponent(this.name)}-${process.pid}-${this.keys}` };
  }

  private async must<Body>(method: string, path: string, asking: Asking): Promise<Body> {
    const answer = await this.ask<Body>(method, path, asking);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${this.name}: ${method} ${path} was answered ${answer.status} ${answer.text}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
