import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Looks at the first bytes of a connection and says whether an outage is meant for it. */
export type IsAffected = (greeting: Buffer) => boolean;

/** A TCP proxy of ours in front of a server, to take the network away from one client and give it back. */
export class OutageProxy {
  private readonly sockets = new Set<Socket>();
  private readonly untouched = new Set<Socket>();
  private broken = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly isAffected: IsAffected,
  ) {}

  /** @param isAffected which connections an outage cuts; by default all */
  static async to(target: URL, isAffected: IsAffected = () => true): Promise<OutageProxy> {
    const server = createServer();
    const proxy = new OutageProxy(server, target, isAffected);
    server.on('connection', (client) => proxy.pass(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The target's address, through this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Cuts the connections that are affected; new ones are accepted and cut as well. */
  breakOff(): void {
    this.broken = true;
    for (const socket of this.sockets) socket.destroy();
  }

  heal(): void {
    this.broken = false;
  }

  async close(): Promise<void> {
    this.breakOff();
    for (const socket of this.untouched) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A client speaks first: its greeting decides whether an outage is meant for it. */
  private pass(client: Socket): void {
    client.on('error', () => client.destroy());
    client.once('data', (greeting: Buffer) => {
      const affected = this.isAffected(greeting);
      if (affected && this.broken) {
        client.destroy();
        return;
      }
      const upstream = connect(Number(this.target.port), this.target.hostname);
      upstream.write(greeting);
      this.join(client, upstream, affected ? this.sockets : this.untouched);
      this.join(upstream, client, affected ? this.sockets : this.untouched);
    });
  }

  private join(from: Socket, to: Socket, sockets: Set<Socket>): void {
    sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
