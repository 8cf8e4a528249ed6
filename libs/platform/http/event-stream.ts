import { Readable } from 'node:stream';
import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';

/** One event of a stream of server-sent events (WHATWG HTML, chapter 9.2). */
export interface StreamEvent {
  /** What the browser sends back as `Last-Event-ID` when it comes again. */
  readonly id: string;
  /** The name under which a page listens. */
  readonly event: string;
  readonly data: object;
}

/** What an answer of server-sent events says of itself; nothing on the way may keep it back or change it. */
export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** Written now and then into a stream in which nothing happens, so that nothing on the way takes it for dead. */
export const HEARTBEAT = ': 心跳 heartbeat\n\n';

/** Tells the browser how long to wait before it comes again, in milliseconds. */
export function retryAfter(waitMs: number): string {
  return `retry: ${waitMs}\n\n`;
}

/** An event as bytes of the stream. JSON has no line breaks of its own, so that the data is one line. */
export function eventText({ id, event, data }: StreamEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * The body of an answer that goes on: what is sent into it waits, within a bound, for a reader who is slow, and a reader for whom more than that would wait is
 * let go. He comes again by himself and begins with the state as it is then.
 */
export class EventStream extends Readable {
  private isFinished = false;

  /** @param bufferBytes the most that may wait for the reader here, beside what the system's own buffers take */
  constructor(private readonly bufferBytes: number) {
    super({ highWaterMark: bufferBytes });
  }

  /** @returns false when the reader was let go, or is gone */
  send(text: string): boolean {
    if (this.destroyed || this.isFinished) return false;
    const bytes = Buffer.from(text);
    if (this.readableLength + bytes.length > this.bufferBytes) {
      this.destroy();
      return false;
    }
    this.push(bytes);
    return true;
  }

  /** Ends the answer after what was sent. */
  finish(): void {
    if (this.destroyed || this.isFinished) return;
    this.isFinished = true;
    this.push(null);
  }

  override _read(): void {
    // What there is was pushed when it happened.
  }
}

/** Documents a method that answers with server-sent events. */
export function ApiEventStream(description: string, example: StreamEvent): MethodDecorator {
  return applyDecorators(
    ApiProduces('text/event-stream'),
    ApiOkResponse({
      description,
      content: { 'text/event-stream': { schema: { type: 'string' }, example: `${retryAfter(2_500)}${eventText(example)}${HEARTBEAT}` } },
    }),
  );
}
