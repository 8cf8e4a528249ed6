import { chainFaults } from './facts';

const sound = {
  facts: ['listing.raised', 'loan.closed'],
  jobs: ['settlement.allocate'],
  handlers: ['settlement.allocate'],
  chain: { 'listing.raised': ['settlement.allocate'], 'loan.closed': 'end' },
} as const;

describe('the check of the chain', () => {
  it('finds nothing in a sound chain', () => {
    expect(chainFaults(sound)).toEqual([]);
  });

  it.each([
    [
      'a fact that leads nowhere and is not an end',
      { chain: { 'listing.raised': ['settlement.allocate'] } },
      'fact loan.closed has no subscriber and is not an end',
    ],
    [
      'an empty list of subscribers',
      { chain: { ...sound.chain, 'loan.closed': [] } },
      'fact loan.closed has no subscriber and is not an end',
    ],
    ['a fact that nobody declared', { facts: ['listing.raised'] }, 'the chain knows loan.closed, which nobody declared'],
    [
      'a subscriber that is no job',
      { chain: { ...sound.chain, 'loan.closed': ['loan.archive'] } },
      'loan.archive listens to loan.closed and has no handler',
    ],
    ['a job without handler', { handlers: [] }, 'job settlement.allocate has no handler'],
    ['a job with two handlers', { handlers: ['settlement.allocate', 'settlement.allocate'] }, 'job settlement.allocate has 2 handlers'],
  ])('names %s', (_, change, sentence) => {
    expect(chainFaults({ ...sound, ...change })).toContain(sentence);
  });
});
