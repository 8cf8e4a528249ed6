import { refusalText } from './refusals';

/** Facts that belong to a refusal and may be shown to whoever asked; amounts in fen as integers or text, never personal data. */
export type RefusalDetails = Readonly<Record<string, string | number | boolean | null>>;

/** The three ways in which something can go wrong here. Nobody else extends `Error`. */
export abstract class Fault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * The business says no. Final: nothing was changed, repeating the same request gives the same answer until the facts change.
 * `code` is public and stable; its texts (Chinese first, English beside it) were declared with `refusals()`.
 */
export class Refusal extends Fault {
  constructor(
    readonly code: string,
    readonly details: RefusalDetails = {},
  ) {
    super(`${code}: ${refusalText(code).en}`);
  }
}

/** The world failed (a database, a queue, a bank that does not answer): may be repeated, within limits. */
export class Outage extends Fault {}

/** We are wrong: an assertion of ours does not hold. Never repeated; somebody is paged. */
export class Bug extends Fault {}
