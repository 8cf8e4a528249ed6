import type { z } from 'zod';
import type { ServiceName } from '#bank/wire';
import type { Decision } from '../answers';
import type { Bank } from '../bank';
import type { Tx } from '../database/cashier';
import type { Session } from '../database/connection';
import type { PlannedFault } from '../faults/fault';

/** A request at the cashier's window. */
export interface Work {
  readonly tx: Tx;
  readonly bank: Bank;
  readonly requestNo: string;
  /** Planned faults that strike this call and change what the bank does with it. */
  readonly faults: readonly PlannedFault[];
}

/** A service that reads: answered from what is committed, never stored. */
export interface Reading {
  readonly name: ServiceName;
  readonly body: z.ZodType;
  readonly read: (session: Session, bank: Bank, body: unknown) => Promise<Decision | Download>;
}

/** A service that acts: at the window, its outcome stored under the request number. */
export interface Acting {
  readonly name: ServiceName;
  readonly body: z.ZodType;
  readonly act: (work: Work, body: unknown) => Promise<Decision>;
}

export type Service = Reading | Acting;

/** Bytes in place of an answer body. */
export interface Download {
  readonly bytes: Buffer;
}

/** Declares a reading service; `read` gets the body as its shape says. */
export function reading<Shape extends z.ZodType>(
  name: ServiceName,
  body: Shape,
  read: (session: Session, bank: Bank, body: z.output<Shape>) => Promise<Decision | Download>,
): Reading {
  return { name, body, read: (session, bank, value) => read(session, bank, value as z.output<Shape>) };
}

/** Declares an acting service; `act` gets the body as its shape says. */
export function acting<Shape extends z.ZodType>(
  name: ServiceName,
  body: Shape,
  act: (work: Work, body: z.output<Shape>) => Promise<Decision>,
): Acting {
  return { name, body, act: (work, value) => act(work, value as z.output<Shape>) };
}
