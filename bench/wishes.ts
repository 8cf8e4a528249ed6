import type { Answer } from './connection';
import type { Investor } from './people';

/** What the answers must be: nobody decides, the door decides, or the door decides about a listing that sells out meanwhile. */
export type Decision = 'constant' | 'door' | 'door of a small listing';

/** Fields of an order's terms that the load plays with; amounts in fen. */
export const TERMS = { minimum: 10_000, step: 1_000, cap: 100_000_000 } as const;
/** Orders of 100 to 1,000 yuan, each amount as likely as the others. */
const STEPS = 91;
/** What an order is about in the mean, in fen. */
export const MEAN_FEN = TERMS.minimum + (TERMS.step * (STEPS - 1)) / 2;

/** A request to be sent, with what its answer must be. */
export interface Wish {
  readonly text: string;
  readonly amountFen: number;
  /** `rest`: it is what somebody was told remains; by the time that it is looked at it may be too much, too little or off the step. */
  readonly must: 'admit' | 'refuse' | 'repeat' | 'rest';
  readonly investor: Investor;
  readonly key: string;
  /** For a repetition: the body of the first answer, which must come again byte for byte. */
  readonly first?: string;
}

/** What a crowd is like: how many of its wishes repeat an earlier one, cannot be admitted, and agree to be accepted in part; each a share of all. */
export interface Crowd {
  readonly repeated: number;
  readonly refused: number;
  readonly consenting: number;
}

/** One wish in a hundred repeats an earlier one, twenty are refused: below the minimum, off the step, above the investor's cap. */
const USUAL: Crowd = { repeated: 0.01, refused: 0.2, consenting: 1 };
const REFUSED_AMOUNTS = [TERMS.minimum - TERMS.step, TERMS.minimum + TERMS.step / 2, TERMS.cap + TERMS.step];
/** Acknowledged wishes that are remembered for a repetition. */
const REMEMBERED = 4_096;

/** The orders of a crowd, in an order that is the same in every run; keys are never the same. */
export class Wishes {
  private readonly random = sequence();
  private readonly remembered: Wish[] = [];
  private acknowledged = 0;
  private keys = 0;
  private readonly series = `${process.pid}-${Date.now().toString(36)}`;

  constructor(
    private readonly investors: readonly Investor[],
    private readonly listing: string,
    private readonly decision: Decision,
    private readonly crowd: Crowd = USUAL,
  ) {}

  next(): Wish {
    const { repeated, refused } = this.crowd;
    const roll = this.random();
    if (roll < repeated && this.remembered.length > 0 && this.decision !== 'constant') return this.repetition();
    const isRefused = roll < repeated + refused;
    const amountFen = isRefused
      ? REFUSED_AMOUNTS[Math.floor(this.random() * REFUSED_AMOUNTS.length)]!
      : TERMS.minimum + TERMS.step * Math.floor(this.random() * STEPS);
    return this.wishOf(amountFen, isRefused ? 'refuse' : 'admit');
  }

  /** Somebody who wants just this much, in fen: what remains of a listing. */
  exactly(amountFen: number): Wish {
    return this.wishOf(amountFen, 'rest');
  }

  /** Whether an answer is one that this wish may get. */
  fits(wish: Wish, answer: Answer): boolean {
    if (this.decision === 'constant') return answer.status === 201;
    if (wish.must === 'repeat') return answer.status === 201 && answer.body === wish.first && isReplayed(answer);
    if (wish.must === 'rest') return [201, 409, 422].includes(answer.status);
    const isSmall = this.decision === 'door of a small listing';
    // What is left at last is sold whatever its size is, so that a wish which is too small, or off the step, may happen to be just that.
    if (wish.must === 'refuse') return answer.status === 422 || answer.status === 409 || (isSmall && wish.amountFen < TERMS.cap);
    return answer.status === 201 || (answer.status === 409 && isSmall);
  }

  /** An acknowledged wish may be repeated later. */
  remember(wish: Wish, answer: Answer): void {
    this.remembered[this.acknowledged % REMEMBERED] = { ...wish, must: 'repeat', first: answer.body };
    this.acknowledged += 1;
  }

  private repetition(): Wish {
    return this.remembered[Math.floor(this.random() * this.remembered.length)]!;
  }

  private wishOf(amountFen: number, must: Exclude<Wish['must'], 'repeat'>): Wish {
    const investor = this.investors[Math.floor(this.random() * this.investors.length)]!;
    const key = `${this.series}-${(this.keys += 1)}`;
    return { text: this.requestOf(investor, key, amountFen), amountFen, must, investor, key };
  }

  private requestOf(investor: Investor, key: string, amountFen: number): string {
    const { consenting } = this.crowd;
    const acceptsPart = consenting === 1 || this.random() < consenting;
    return postRequest(investor, `/listings/${this.listing}/orders`, key, `{"amountFen":${amountFen},"acceptsPart":${acceptsPart}}`);
  }
}

/** A whole POST of a customer as it goes over the wire; the body is ASCII. */
export function postRequest({ token }: Investor, path: string, key: string, body: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nCookie: rq_session=${token}\r\n` +
    `Idempotency-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** A whole GET of a customer. */
export function getRequest({ token }: Investor, path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: rq_session=${token}\r\n\r\n`;
}

/** Whether the api says that this answer is a repetition. */
export function isReplayed(answer: Answer): boolean {
  return answer.head.includes('idempotency-replayed: true');
}

/** Numbers in [0, 1) that are the same in every run: Lehmer's generator. */
function sequence(): () => number {
  let state = 20_261_122;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
