import { Client } from 'pg';
import type { ClientConfig } from 'pg';

/** A subscription to one channel. */
export interface Listening {
  stop(): Promise<void>;
}

type OnNotify = (payload?: string) => void;

/** Waits between attempts to get the connection back: doubled each time, within these bounds, in milliseconds. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;

/** LISTEN on one dedicated connection, made with the first subscription and made again whenever it is lost. */
export class Listener {
  private readonly subscribers = new Map<string, Set<OnNotify>>();
  private client: Client | undefined;
  private connecting: Promise<Client> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly config: ClientConfig) {}

  async listen(channel: string, onNotify: OnNotify): Promise<Listening> {
    const known = this.subscribers.get(channel);
    if (known === undefined) {
      this.subscribers.set(channel, new Set([onNotify]));
      const client = await this.connected();
      await client.query(`LISTEN ${quoted(channel)}`);
    } else {
      known.add(onNotify);
    }
    return { stop: () => this.stop(channel, onNotify) };
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    const client = this.client ?? (await this.connecting?.catch(() => undefined));
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async stop(channel: string, onNotify: OnNotify): Promise<void> {
    const set = this.subscribers.get(channel);
    set?.delete(onNotify);
    if (set === undefined || set.size > 0) return;
    this.subscribers.delete(channel);
    await this.client?.query(`UNLISTEN ${quoted(channel)}`).catch(() => undefined);
  }

  private connected(): Promise<Client> {
    if (this.client !== undefined) return Promise.resolve(this.client);
    this.connecting ??= this.connect().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async connect(): Promise<Client> {
    const client = new Client({ ...this.config, keepAlive: true });
    client.on('notification', (message) => {
      for (const onNotify of this.subscribers.get(message.channel) ?? []) onNotify(message.payload ?? '');
    });
    client.on('error', () => undefined);
    await client.connect();
    // Only a connection that once stood is worth replacing; the first attempt's failure is its caller's answer.
    client.on('end', () => this.lost(client));
    this.client = client;
    return client;
  }

  private lost(client: Client): void {
    if (this.closed || this.client !== client) return;
    this.client = undefined;
    this.comeBack(FIRST_WAIT_MS);
  }

  private comeBack(waitMs: number): void {
    this.retry = setTimeout(() => {
      this.resubscribe().catch(() => {
        if (!this.closed) this.comeBack(Math.min(waitMs * 2, LONGEST_WAIT_MS));
      });
    }, waitMs);
  }

  private async resubscribe(): Promise<void> {
    const client = await this.connected();
    for (const channel of this.subscribers.keys()) await client.query(`LISTEN ${quoted(channel)}`);
    for (const set of this.subscribers.values()) for (const onNotify of set) onNotify();
  }
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
