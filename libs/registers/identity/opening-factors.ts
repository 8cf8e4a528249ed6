import { Refusal } from '#kernel/faults';
import { identityRefusals } from './identity.refusals';

/**
 * What a bank wants to know before it opens an account: four factors 四要素, or five where its regulator asks for the type of the card as well.
 * @param wanted as the bank's capabilities say
 * @throws Refusal OPENING_FACTOR_MISSING naming those that were not given
 */
export function checkFactors(wanted: readonly string[], given: Readonly<Partial<Record<string, string>>>): void {
  const missing = wanted.filter((factor) => given[factor] === undefined);
  if (missing.length > 0) throw new Refusal(identityRefusals.OPENING_FACTOR_MISSING, { missing: missing.join(', ') });
}
