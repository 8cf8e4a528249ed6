import type { IncomingMessage, ServerResponse } from 'node:http';

/** What goes back over HTTP. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** Nothing goes back: the connection is cut. */
export const DROPPED = Symbol('dropped');

/** The whole body, or `undefined` when it is longer than the limit. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}

export function send(response: ServerResponse, reply: Reply | typeof DROPPED): void {
  if (reply === DROPPED) {
    response.destroy();
    return;
  }
  const length = String(Buffer.byteLength(reply.body));
  response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers, 'content-length': length });
  response.end(reply.body);
}

export function json(status: number, value: unknown): Reply {
  return { status, body: JSON.stringify(value) };
}

/** A mistake of the caller's or of ours, for people and machines. */
export function problem(status: number, code: string, message: string): Reply {
  return json(status, { error: { code, message } });
}

export function html(status: number, title: string, content: string): Reply {
  const page = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title><body><h1>${title}</h1>${content}</body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page };
}

export function seeOther(location: string): Reply {
  return { status: 303, headers: { location }, body: '' };
}

/** Text that may stand in HTML. */
export function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (letter) => entities[letter]!);
}
