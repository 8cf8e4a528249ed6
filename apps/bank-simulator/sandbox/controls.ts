import { z } from 'zod';
import { fenFromJson, type Fen } from '#kernel/money';
import { advanceOneDay, runCut } from '../advancing';
import type { Bank } from '../bank';
import { json, problem, type Reply } from '../counter/http';
import { faultPlan } from '../faults/fault';
import { keepPlatformAddress } from '../platform-address';
import { number, url } from '../services/shapes';
import { DONE, get, withBody, type Route } from './route';

function clockJson(bank: Bank): Record<string, unknown> {
  const moment = bank.clock.now();
  return { calendarDate: bank.clock.calendarDate(), bankTime: moment.time, bankDate: moment.date, beforeCut: bank.clock.beforeCut() };
}

const clock = get('/sandbox/clock', async (bank) => json(200, clockJson(bank)));

const advance = withBody(
  'POST',
  '/sandbox/clock/advance',
  z.union([z.undefined(), z.strictObject({ days: z.number().int().min(1).max(5000).default(1) })]),
  async (bank, body) => {
    for (let day = 0; day < (body?.days ?? 1); day += 1) await bank.turns.take(() => advanceOneDay(bank));
    return json(200, clockJson(bank));
  },
);

const cut = withBody('POST', '/sandbox/clock/cut', z.union([z.undefined(), z.strictObject({})]), (bank) =>
  bank.turns.take(async () => {
    if (!bank.clock.beforeCut()) return problem(409, 'CUT_ALREADY', '今日已日切 the cut of this day has run');
    await runCut(bank);
    return json(200, clockJson(bank));
  }),
);

/** Answered when the platform has heard what the bank had to tell by now, or could not be reached. */
const delivery = withBody('POST', '/sandbox/notices/delivery', z.union([z.undefined(), z.strictObject({})]), async (bank) => {
  await bank.delivery.settled();
  return json(200, clockJson(bank));
});

const time = withBody('POST', '/sandbox/clock/time', z.strictObject({ time: z.string() }), async (bank, body): Promise<Reply> => {
  const set = await bank.cashier.serve((tx) => bank.clock.setTime(tx, body.time), { alone: true });
  return set ? json(200, clockJson(bank)) : problem(409, 'TIME_NOT_POSSIBLE', '时间不可设 HH:mm, before 23:00 until the cut has run');
});

const platform = withBody(
  'POST',
  '/sandbox/platform',
  z.strictObject({ noticeUrl: url.optional(), redirectUris: z.array(url).max(20).optional() }),
  async (bank, body) => {
    if (body.noticeUrl !== undefined) bank.platform.noticeUrl = body.noticeUrl;
    if (body.redirectUris !== undefined) bank.platform.redirectUris = body.redirectUris;
    await keepPlatformAddress(bank.reading, bank.platform);
    bank.delivery.wake();
    return json(200, bank.platform);
  },
);

const plan = withBody('POST', '/sandbox/faults', z.union([faultPlan, z.array(faultPlan).min(1).max(1000)]), async (bank, body) => {
  const planned = await bank.faults.plan(Array.isArray(body) ? body : [body]);
  return json(201, { faults: planned });
});

const faults = get('/sandbox/faults', async (bank) => json(200, { faults: bank.faults.list() }));

const forget: Route = {
  method: 'DELETE',
  path: '/sandbox/faults',
  handle: async (bank, { query }) => {
    await bank.faults.remove(query.get('id') ?? undefined);
    return DONE;
  },
};

/** Changes a balance without a movement: the books are wrong from here on, and whoever proves them must say so. */
const alter = withBody(
  'POST',
  '/sandbox/books/alter',
  z.strictObject({
    accountNo: number,
    listingNo: number.optional(),
    deltaFen: z
      .number()
      .int()
      .transform((value): Fen => fenFromJson(value)),
  }),
  (bank, body) =>
    bank.cashier.serve(async (tx) => {
      const altered = await tx.rows(
        'update position set total_fen = total_fen + $3 where account_no = $1 and listing_no = $2 and total_fen + $3 >= held_fen returning 1',
        [body.accountNo, body.listingNo ?? '', body.deltaFen],
      );
      return altered.length === 1
        ? DONE
        : problem(409, 'NO_SUCH_POSITION', '账户不存在或金额不足 no such position, or it has not that much');
    }),
);

export const controlRoutes: readonly Route[] = [clock, advance, cut, delivery, time, platform, plan, faults, forget, alter];
