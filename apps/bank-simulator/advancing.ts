import type { Bank } from './bank';
import type { Tx } from './database/cashier';
import { writeDay } from './statements/writing';

/**
 * Lets a day pass: what travels is decided, the cut closes the statement day and its files are written, the next day begins and what
 * was planned for it happens. Each step is durable by itself, so that an advance that was cut off is simply asked for again.
 */
export async function advanceOneDay(bank: Bank): Promise<void> {
  if (bank.clock.beforeCut()) await closeDay(bank, (tx) => bank.clock.nextDay(tx));
  else await bank.cashier.serve((tx) => bank.clock.nextDay(tx), { alone: true });
  const performed = await bank.agenda.performFor(bank.clock.calendarDate());
  bank.delivery.wake();
  // Whoever asked for the day hears what it brought before he is told that it has begun.
  if (performed > 0) await bank.delivery.settled();
}

/** The day cut 日切 alone: from here on everything stands in the next statement day. */
export function runCut(bank: Bank): Promise<void> {
  return closeDay(bank, (tx) => bank.clock.cut(tx));
}

async function closeDay(bank: Bank, turn: (tx: Tx) => Promise<void>): Promise<void> {
  await bank.agenda.perform(true);
  await bank.cashier.serve(
    async (tx) => {
      await writeDay(tx, bank);
      await turn(tx);
    },
    { alone: true },
  );
}
