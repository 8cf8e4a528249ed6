import fc from 'fast-check';
import { replayAllocations } from '#journey/investment';
import { readListing } from '#journey/listing';
import { RaiseRun, plans, steps } from '../support/raise-steps';
import { RaiseWorld } from '../support/raise-world';

jest.setTimeout(240_000);

/** Runs and steps per hold mode: a run is a database, a bank and every job of the platform, so there are few, and other ones each time. */
const RUNS = 20;
const MOST_STEPS = 30;

interface OrderSeen {
  readonly no: bigint;
  readonly state: string;
  readonly account_no: string;
  readonly amount_fen: bigint;
  readonly accepted_fen: bigint | null;
  readonly accepts_part: boolean;
  readonly held_at: Date | null;
  readonly held_seq: bigint | null;
}

interface ReceiptSeen {
  readonly outcome: string;
  readonly amount_fen: bigint;
  readonly can_part: boolean;
  readonly input: string;
  readonly result: string;
}

describe('a raise through any interleaving of orders, answers, cancellations, days and late successes', () => {
  let world: RaiseWorld;

  beforeAll(async () => {
    world = await RaiseWorld.open();
  });
  afterAll(() => world.close());

  const ordersOf = ({ listing }: RaiseRun): Promise<OrderSeen[]> =>
    world.rows<OrderSeen>(
      'SELECT no, state, account_no, amount_fen, accepted_fen, accepts_part, held_at, held_seq FROM investment_order WHERE listing_id = $1 ORDER BY no',
      [listing.id],
    );
  const receiptsOf = ({ listing }: RaiseRun): Promise<ReceiptSeen[]> =>
    world.rows('SELECT outcome, amount_fen, can_part, input, result FROM allocation WHERE listing_id = $1 ORDER BY round', [listing.id]);

  it.each(['freeze', 'debit'] as const)(
    'never oversells, loses no fen, and allocates by the published rule (hold mode %s)',
    async (holdMode) => {
      await fc.assert(
        fc.asyncProperty(plans, fc.array(steps, { minLength: 5, maxLength: MOST_STEPS, size: 'max' }), async (plan, what) => {
          const run = await RaiseRun.begin(world, plan, holdMode);
          const door = new DoorModel(plan.amount, plan.overbookingPpm);
          for (const step of what) {
            await run.take(step);
            door.look(await ordersOf(run), await receiptsOf(run));
            if (step.do === 'cancel') await gapIsCounted(run, door);
            holdsAreWhole();
          }
          await run.end();
          await allIsOver(run);
          await world.keepsWhatMustHold();
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    },
  );

  /** While a gap is sold again: for sale is the amount and, on top of it, what the rule would skip of what is frozen now. */
  const gapIsCounted = async (run: RaiseRun, door: DoorModel): Promise<void> => {
    if (!door.isReopened || (await world.stateOf('listing', run.listing.id)) !== 'raising') return;
    const canPart = run.plan.partialRelease || run.holdMode === 'debit';
    const [row] = await world.rows<{ quota_fen: bigint; amount_fen: bigint; taken_fen: bigint }>(
      'SELECT quota_fen, amount_fen, taken_fen FROM listing_quota WHERE listing_id = $1',
      [run.listing.id],
    );
    const { quota, target } = door.counted(await ordersOf(run), canPart);
    expect(row).toMatchObject({ amount_fen: target, quota_fen: quota > row!.taken_fen ? quota : row!.taken_fen });
  };

  /** The bank's own view: a hold gives what it has, and never more. */
  const holdsAreWhole = (): void => {
    for (const hold of world.bank.holds.values()) expect(hold.left >= 0n && hold.used >= 0n).toBe(true);
  };

  /** At the end: nobody's money is held; who was accepted has paid exactly that, everybody else nothing; and every receipt can be told again. */
  const allIsOver = async (run: RaiseRun): Promise<void> => {
    const orders = await ordersOf(run);
    const state = await world.stateOf('listing', run.listing.id);
    expect(['repaying', 'failed']).toContain(state);
    const lent = orders.filter((order) => order.state === 'lent');
    expect(orders.filter((order) => !['lent', 'left_out', 'cancelled', 'refused'].includes(order.state))).toEqual([]);
    expect([...world.bank.holds.values()].filter((hold) => hold.left !== 0n)).toEqual([]);
    const used = new Map([...world.bank.holds.values()].map((hold) => [hold.accountNo, hold.used]));
    for (const { account_no: account, accepted_fen: accepted, state: end } of orders) {
      const paid = end === 'lent' ? accepted! : 0n;
      // A refund that the bank refused again and again came back through the suspense account: its hold was used all the same.
      const parked = world.bank.paidOutOfSuspense(account);
      expect([account, used.get(account) ?? 0n, world.bank.net(account)]).toEqual([account, paid + parked, -paid]);
    }
    const sum = lent.reduce((total, order) => total + order.accepted_fen!, 0n);
    expect(world.bank.net(run.listing.borrower.accountNo)).toBe(sum);
    expect(sum <= run.plan.amount && (state === 'failed') === (sum === 0n)).toBe(true);
    const { rounds, withoutReceipt } = await world.db.work.read(async (tx) => replayAllocations(tx, await readListing(tx, run.listing.id)));
    expect([withoutReceipt, rounds.flatMap(({ differences }) => differences)]).toEqual([[], []]);
  };
});

/** What the door promises, told without the code that keeps it: a bound for what may be live, and the rule for who gets what. */
class DoorModel {
  private readonly quota: bigint;
  private mostSkipped = 0n;
  private told = 0;

  constructor(
    private readonly amount: bigint,
    overbookingPpm: bigint,
  ) {
    this.quota = amount + (amount * overbookingPpm) / 1_000_000n;
  }

  look(orders: readonly OrderSeen[], receipts: readonly ReceiptSeen[]): void {
    for (const receipt of receipts.slice(this.told)) this.checkRule(receipt);
    this.told = receipts.length;
    const dead = ['refused', 'cancelled', 'left_out', 'dropped'];
    const live = orders.filter(({ state }) => !dead.includes(state));
    const sum = live.reduce((total, order) => total + (order.accepted_fen ?? order.amount_fen), 0n);
    // While a gap is sold again, those who were skipped keep their place on top of the amount; otherwise nothing exceeds amount and allowance.
    const bound = this.quota > this.amount + this.mostSkipped ? this.quota : this.amount + this.mostSkipped;
    expect(sum <= bound).toBe(true);
    const accepted = live.reduce((total, order) => total + (order.accepted_fen ?? 0n), 0n);
    expect(accepted <= this.amount).toBe(true);
  }

  /** Whether a gap was left at least once. */
  get isReopened(): boolean {
    return this.mostSkipped > 0n;
  }

  /** What is for sale, and what must be frozen for the door to close, when a gap is sold again. */
  counted(orders: readonly OrderSeen[], canPart: boolean): { quota: bigint; target: bigint } {
    const frozen = orders
      .filter(({ state }) => state === 'frozen')
      .map((order) => ({
        no: order.no,
        wants: order.amount_fen,
        acceptsPart: order.accepts_part,
        heldAt: BigInt(order.held_at!.getTime()),
        heldSeq: order.held_seq!,
      }));
    const skipped = giveOut(frozen, this.amount, canPart).reduce((sum, { wants, gets }) => (gets === 0n ? sum + wants : sum), 0n);
    return { quota: skipped > 0n ? this.amount + skipped : this.quota, target: this.amount + skipped };
  }

  private checkRule({ input, result, amount_fen: amount, can_part: canPart, outcome }: ReceiptSeen): void {
    const given = giveOut(input === '' ? [] : input.split('\n').map(readLine), amount, canPart);
    expect(result).toBe(given.map(({ no, gets }) => `${no}|${gets}`).join('\n'));
    expect(amount).toBe(this.amount);
    if (outcome !== 'sold_again') return;
    expect(given.reduce((sum, { gets }) => sum + gets, 0n) < amount).toBe(true);
    const skipped = given.reduce((sum, { wants, gets }) => (gets === 0n ? sum + wants : sum), 0n);
    if (skipped > this.mostSkipped) this.mostSkipped = skipped;
  }
}

/** The published rule, in the words of the page that publishes it. */
function giveOut(orders: readonly Line[], amount: bigint, canPart: boolean): (Line & { readonly gets: bigint })[] {
  let left = amount;
  return [...orders].sort(earlier).map((order) => {
    const gets = order.wants <= left ? order.wants : order.acceptsPart && canPart ? left : 0n;
    left -= gets;
    return { ...order, gets };
  });
}

interface Line {
  readonly no: bigint;
  readonly wants: bigint;
  readonly acceptsPart: boolean;
  readonly heldAt: bigint;
  readonly heldSeq: bigint;
}

function readLine(line: string): Line {
  const [no, wants, part, heldAt, heldSeq] = line.split('|') as [string, string, string, string, string];
  return { no: BigInt(no), wants: BigInt(wants), acceptsPart: part === 'part', heldAt: BigInt(heldAt), heldSeq: BigInt(heldSeq) };
}

function earlier(a: Line, b: Line): number {
  const [first, second] = [
    [a.heldAt, a.heldSeq, a.no],
    [b.heldAt, b.heldSeq, b.no],
  ] as [bigint[], bigint[]];
  const at = first.findIndex((value, index) => value !== second[index]);
  return at === -1 ? 0 : first[at]! < second[at]! ? -1 : 1;
}
