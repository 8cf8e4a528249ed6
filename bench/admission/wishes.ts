import type { Answer } from '../connection';
import { TERMS } from './shot';
import type { Decision, Investor } from './shot';

/** A request to be sent, with what its answer must be. */
export interface Wish {
  readonly text: string;
  readonly amountFen: number;
  readonly must: 'admit' | 'refuse' | 'repeat';
  readonly investor: Investor;
  readonly key: string;
  /** For a repetition: the body of the first answer, which must come again byte for byte. */
  readonly first?: string;
}

/** One wish in a hundred repeats an earlier one, twenty are refused: below the minimum, off the step, above the investor's cap. */
const REPEATED = 0.01;
const REFUSED = 0.2;
const REFUSED_AMOUNTS = [TERMS.minimum - TERMS.step, TERMS.minimum + TERMS.step / 2, TERMS.cap + TERMS.step];
/** Orders of 100 to 1,000 yuan. */
const STEPS = 91;
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
  ) {}

  next(): Wish {
    const roll = this.random();
    if (roll < REPEATED && this.remembered.length > 0 && this.decision !== 'constant') return this.repetition();
    const isRefused = roll < REPEATED + REFUSED;
    const amountFen = isRefused
      ? REFUSED_AMOUNTS[Math.floor(this.random() * REFUSED_AMOUNTS.length)]!
      : TERMS.minimum + TERMS.step * Math.floor(this.random() * STEPS);
    const investor = this.investors[Math.floor(this.random() * this.investors.length)]!;
    const key = `${this.series}-${(this.keys += 1)}`;
    return { text: this.requestOf(investor, key, amountFen), amountFen, must: isRefused ? 'refuse' : 'admit', investor, key };
  }

  /** Whether an answer is one that this wish may get. */
  fits(wish: Wish, answer: Answer): boolean {
    if (this.decision === 'constant') return answer.status === 201;
    if (wish.must === 'repeat') return answer.status === 201 && answer.body === wish.first && isReplayed(answer);
    if (wish.must === 'refuse') return answer.status === 422 || answer.status === 409;
    return answer.status === 201 || (answer.status === 409 && this.decision === 'door of a small listing');
  }

  /** An acknowledged wish may be repeated later. */
  remember(wish: Wish, answer: Answer): void {
    this.remembered[this.acknowledged % REMEMBERED] = { ...wish, must: 'repeat', first: answer.body };
    this.acknowledged += 1;
  }

  private repetition(): Wish {
    return this.remembered[Math.floor(this.random() * this.remembered.length)]!;
  }

  private requestOf(investor: Investor, key: string, amountFen: number): string {
    const body = `{"amountFen":${amountFen},"acceptsPart":true}`;
    return (
      `POST /listings/${this.listing}/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nCookie: rq_session=${investor.token}\r\n` +
      `Idempotency-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    );
  }
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
