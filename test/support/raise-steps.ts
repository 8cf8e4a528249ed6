import fc from 'fast-check';
import type { AdmittedOrder } from '#journey/investment';
import { withdrawRaise } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import { newId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Customer, RaiseWorld } from './raise-world';
import type { Asked, Mishap, Verdict } from './scripted-bank';

/** What the listing of one run is like. Amounts in fen. */
export interface RaisePlan {
  readonly amount: bigint;
  readonly overbookingPpm: bigint;
  readonly minimumRaisePpm: bigint;
  readonly partialRelease: boolean;
  readonly lastDay: number;
  /** Orders before all others that the bank does not answer at once, as hundredths of the amount. */
  readonly open: readonly bigint[];
  /** Orders with which it begins, as hundredths of the amount: large ones, that do not all fit, and whose owners accept no part. */
  readonly first: readonly bigint[];
  /** Whether whoever has not been answered by the end is answered only after the allocation. */
  readonly answersLate: boolean;
}

/** One thing that happens. `who` picks one of the orders so far. */
export type Step =
  | { readonly do: 'order'; readonly share: bigint; readonly acceptsPart: boolean; readonly mishap: Mishap; readonly atOnce: boolean }
  | { readonly do: 'answer'; readonly who: number; readonly verdict: 'done' | 'refused' }
  | { readonly do: 'cancel'; readonly who: number }
  | { readonly do: 'work'; readonly jobs: number }
  | { readonly do: 'live' }
  | { readonly do: 'window' }
  | { readonly do: 'day' }
  | { readonly do: 'returns'; readonly verdict: 'done' | 'refused' | 'later' }
  | { readonly do: 'withdraw' };

/** Listings of any kind, a hundred parts large, so that few orders fill them. */
export const plans: fc.Arbitrary<RaisePlan> = fc.record({
  amount: fc.constant(1_000_000n),
  overbookingPpm: fc.constantFrom(0n, 200_000n, 500_000n, 500_000n),
  minimumRaisePpm: fc.constantFrom(1_000_000n, 500_000n, 300_000n),
  partialRelease: fc.boolean(),
  lastDay: fc.integer({ min: 1, max: 3 }),
  open: fc.array(fc.bigInt(10n, 30n), { maxLength: 2 }),
  first: fc.array(fc.bigInt(35n, 70n), { maxLength: 3 }),
  answersLate: fc.boolean(),
});

const who = fc.nat(20);

/** Any interleaving; orders and answers come most often, because without them nothing happens. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 18,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      share: fc.bigInt(10n, 70n),
      acceptsPart: fc.boolean(),
      atOnce: fc.boolean(),
      mishap: fc.constantFrom<Mishap>(undefined, undefined, 'answer_lost', 'request_lost', 'busy'),
    }),
  },
  {
    weight: 18,
    arbitrary: fc.record({ do: fc.constant('answer' as const), who, verdict: fc.constantFrom('done', 'done', 'done', 'refused') }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('cancel' as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('work' as const), jobs: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 14, arbitrary: fc.constant({ do: 'live' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'window' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'day' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('returns' as const), verdict: fc.constantFrom('done', 'refused', 'later') }) },
  { weight: 1, arbitrary: fc.constant({ do: 'withdraw' as const }) },
) as fc.Arbitrary<Step>;

interface Ordered {
  readonly order: AdmittedOrder;
  readonly customer: Customer;
  readonly mishap: Mishap;
  verdict: Verdict;
}

/** One raise on its way through steps, with a bank that answers when the steps say so. Every order is of a customer of its own. */
export class RaiseRun {
  readonly orders: Ordered[] = [];
  private returns: 'done' | 'refused' | 'later' = 'done';

  private constructor(
    private readonly world: RaiseWorld,
    readonly listing: { readonly id: Uuid; readonly borrower: Customer },
    readonly plan: RaisePlan,
    readonly holdMode: 'freeze' | 'debit',
  ) {}

  static async begin(world: RaiseWorld, plan: RaisePlan, holdMode: 'freeze' | 'debit'): Promise<RaiseRun> {
    await world.begin();
    const { bank } = world;
    bank.capabilities = { ...bank.capabilities, partialRelease: plan.partialRelease };
    const listing = await world.listing({
      amount: plan.amount,
      lastDay: plan.lastDay,
      hold_mode: holdMode,
      overbooking_ppm: plan.overbookingPpm,
      minimum_raise_ppm: plan.minimumRaisePpm,
      minimum_order_fen: 10_000n,
      step_fen: 1n,
    });
    const run = new RaiseRun(world, listing, plan, holdMode);
    bank.rule = (asked) => run.verdictOn(asked);
    bank.mishap = (asked, nth) => (isFreeze(asked) && nth === 1 ? run.orderOf(asked)?.mishap : undefined);
    for (const share of plan.open) await run.take({ do: 'order', share, acceptsPart: false, mishap: undefined, atOnce: false });
    for (const share of plan.first) await run.take({ do: 'order', share, acceptsPart: false, mishap: undefined, atOnce: true });
    await run.take({ do: 'live' });
    return run;
  }

  /** What cannot be done in this state is refused by the platform, as it must be; anything else fails the run. */
  async take(step: Step): Promise<void> {
    const one = 'who' in step ? this.orders[step.who % Math.max(this.orders.length, 1)] : undefined;
    switch (step.do) {
      case 'order':
        return this.invest(step);
      case 'answer':
        if (one !== undefined && one.verdict === 'later') one.verdict = step.verdict === 'done' ? 'done' : { refused: 'ACCOUNT_FROZEN' };
        return;
      case 'cancel':
        return one === undefined ? undefined : orRefused(this.world.cancel(one.order, one.customer));
      case 'work':
        return this.workOn(step.jobs);
      case 'live':
        return this.world.live();
      case 'window':
        this.world.bank.capabilities = { ...this.world.bank.capabilities, settleWindowSeconds: 0 };
        return this.world.live();
      case 'day':
        return this.world.nextDay();
      case 'returns':
        this.returns = step.verdict;
        return;
      case 'withdraw':
        return orRefused(
          this.world.db.work.run((tx) => withdrawRaise(tx, this.listing.id, 'not wanted', { cause: `prp:${newId()}`, who: 'checker' })),
        );
    }
  }

  /** Everybody is answered, the deadline passes, in one order or the other, and everything that can go on goes on to its end. */
  async end(): Promise<void> {
    this.returns = 'done';
    if (!this.plan.answersLate) this.answerAll();
    await this.take({ do: 'window' });
    await this.world.nextDay(this.plan.lastDay + 1);
    this.answerAll();
    await this.world.live();
    await this.world.nextDay();
  }

  private answerAll(): void {
    for (const one of this.orders) if (one.verdict === 'later') one.verdict = 'done';
  }

  private async invest({ share, acceptsPart, mishap, atOnce }: Extract<Step, { do: 'order' }>): Promise<void> {
    const customer = await this.world.customer();
    await orRefused(
      this.world.invest(this.listing, customer, (this.plan.amount * share) / 100n, { acceptsPart }).then((order) => {
        this.orders.push({ order, customer, mishap, verdict: atOnce ? 'done' : 'later' });
      }),
    );
  }

  private async workOn(jobs: number): Promise<void> {
    for (const { name } of (await this.world.turns.waiting()).slice(0, jobs)) {
      const isThere = (await this.world.turns.waiting()).some((job) => job.name === name);
      if (isThere) await this.world.turns.runOne(name);
    }
  }

  private verdictOn(asked: Asked): Verdict {
    if (asked.kind === 'RELEASE' || asked.kind === 'REFUND')
      return this.returns === 'refused' ? { refused: 'ACCOUNT_FROZEN' } : this.returns;
    return isFreeze(asked) ? (this.orderOf(asked)?.verdict ?? 'later') : 'done';
  }

  private orderOf({ from }: Asked): Ordered | undefined {
    return this.orders.find(({ customer }) => customer.accountNo === from);
  }
}

function isFreeze({ kind }: Asked): boolean {
  return kind === 'HOLD' || kind === 'DEBIT';
}

async function orRefused(deed: Promise<unknown>): Promise<void> {
  try {
    await deed;
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
  }
}
