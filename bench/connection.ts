import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** One answer: its status, its head as text, its body as text. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const END_OF_HEAD = '\r\n\r\n';
const LENGTH = 'content-length: ';
/** An answer that takes longer is no answer. */
const PATIENCE_MS = 30_000;

/**
 * One kept-alive connection with at most one request on its way. It reads no more of HTTP than an api of ours writes: what makes the load shares the cores
 * with what is measured, so it must cost next to nothing.
 */
export class Connection {
  private waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | undefined;
  private text = '';

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setTimeout(PATIENCE_MS, () => this.fail(new Error(`no answer within ${PATIENCE_MS} ms`)));
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** Sends a whole request as it is. */
  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request, 'utf8');
    });
  }

  close(): void {
    this.socket.destroy();
  }

  /** Bytes are read one to one as letters, so that lengths are those of the head; bodies of acknowledged orders are ASCII. */
  private read(chunk: Buffer): void {
    this.text += chunk.toString('latin1');
    const end = this.text.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const at = this.text.indexOf(LENGTH);
    if (at < 0 || at > end) return this.fail(new Error(`an answer without its length: ${this.text.slice(0, end)}`));
    const length = parseInt(this.text.slice(at + LENGTH.length, at + LENGTH.length + 10), 10);
    const start = end + END_OF_HEAD.length;
    if (this.text.length < start + length) return;
    const answer = { status: Number(this.text.slice(9, 12)), head: this.text.slice(0, end), body: this.text.slice(start, start + length) };
    this.text = '';
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(answer);
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
    this.socket.destroy();
  }
}
