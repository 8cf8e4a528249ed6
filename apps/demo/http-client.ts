import { setTimeout as pause } from 'node:timers/promises';

/** What a door of the platform or of the bank says when it refuses: RFC 9457, as far as we look at it. */
export interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly object[];
}

/** An answer that was understood: the body, or the problem. */
export type Answer<Body> =
  | { readonly ok: true; readonly status: number; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly problem: Problem };

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tries of a request that is answered "not now, repeat it with the same key", and the pause after the first. */
const MOST_TRIES = 5;
const PAUSE_MS = 300;

/** Longest time that anybody may take to answer; a month of the sandbox passes in less. */
const PATIENCE_MS = 280_000;

/** Speaks JSON over HTTP with one of the parties. This and the browser are the only ways in which the demo touches anything. */
export class HttpClient {
  constructor(
    readonly baseUrl: string,
    private readonly party: string,
    private readonly headers: () => Readonly<Record<string, string>> = () => ({}),
  ) {}

  get<Body>(path: string): Promise<Body> {
    return this.must<Body>({ method: 'GET', path });
  }

  post<Body>(path: string, body: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Body> {
    return this.must<Body>({ method: 'POST', path, body, headers });
  }

  put<Body>(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Body> {
    return this.must<Body>({ method: 'PUT', path, body, headers });
  }

  /** An answer that may be a refusal, for whoever wants to know which. Who is told to come again does so, with the same key. */
  async ask<Body>(question: Question): Promise<Answer<Body>> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.askOnce<Body>(question);
      if (answer.status !== 503 || tries === MOST_TRIES) return answer;
      await pause(PAUSE_MS * tries);
    }
  }

  private async askOnce<Body>({ method, path, body, headers }: Question): Promise<Answer<Body>> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...this.headers(), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: unknown) => {
      throw new Error(`${this.party} 没有应答 does not answer: ${method} ${path}`, { cause: error });
    });
    const text = await response.text();
    const read = jsonOf(text);
    if (response.ok) return { ok: true, status: response.status, body: read as Body };
    return { ok: false, status: response.status, problem: (read ?? { detail: text.slice(0, 300) }) as Problem };
  }

  /** @throws Error with the whole refusal in one sentence */
  private async must<Body>(question: Question): Promise<Body> {
    const answer = await this.ask<Body>(question);
    if (answer.ok) return answer.body;
    throw new Error(`${this.party} ${question.method} ${question.path} → ${answer.status} ${sentenceOf(answer.problem)}`);
  }
}

/** A refusal in one sentence. */
export function sentenceOf({ code, title, detail, details, errors }: Problem): string {
  const facts = [details, errors].map((each) => (each === undefined ? '' : JSON.stringify(each)));
  return [code, detail ?? title, ...facts].filter((part) => part !== undefined && part !== '').join(' ');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
