import { createHash } from 'node:crypto';
import { byQueue } from './allocation';
import type { AllocationOutcome, AllocationResult, Candidate } from './allocation';

/** What was asked of the rule. */
export interface AllocationQuestion {
  readonly ruleVersion: number;
  /** Fen to be given out. */
  readonly amount: bigint;
  /** Whether the bank can release or refund a part. */
  readonly canPart: boolean;
  readonly candidates: readonly Candidate[];
}

/**
 * The receipt of one run of the allocation: whoever asks the rule the same question gets the same text, byte by byte. Amounts in fen.
 * `input`: one line per order in the order of the queue, `number|amount|accepts a part|held at, milliseconds|the bank's count`. `result`: `number|accepted`.
 */
export interface Receipt {
  readonly ruleVersion: number;
  readonly amount: bigint;
  readonly canPart: boolean;
  readonly input: string;
  readonly result: string;
  readonly accepted: bigint;
  readonly gap: bigint;
  readonly outcome: AllocationOutcome;
  /** SHA-256 over all of the above. */
  readonly digest: string;
}

/** Writes the receipt of a question and its answer. */
export function receiptOf(question: AllocationQuestion, result: AllocationResult, outcome: AllocationOutcome): Receipt {
  const { ruleVersion, amount, canPart, candidates } = question;
  const said = {
    ruleVersion,
    amount,
    canPart,
    input: [...candidates].sort(byQueue).map(inputLine).join('\n'),
    result: result.parts.map((part) => `${part.no}|${part.accepted}`).join('\n'),
    accepted: result.accepted,
    gap: result.gap,
    outcome,
  };
  return { ...said, digest: digestOf(said) };
}

/** The digest that belongs to what a receipt says. */
export function digestOf(said: Omit<Receipt, 'digest'>): string {
  const { ruleVersion, amount, canPart, input, result, outcome, accepted, gap } = said;
  return createHash('sha256')
    .update(`v${ruleVersion}|${amount}|${canPart ? 'parts' : 'whole'}\n\n`)
    .update(`${input}\n\n`)
    .update(`${result}\n\n`)
    .update(`${outcome}|${accepted}|${gap}\n`)
    .digest('hex');
}

function inputLine({ no, amount, acceptsPart, heldAt, heldSeq }: Candidate): string {
  return `${no}|${amount}|${acceptsPart ? 'part' : 'whole'}|${heldAt}|${heldSeq}`;
}
