import { CHAIN_START, sealDigest } from './chain';
import type { SealedFacts } from './chain';

const facts: SealedFacts = {
  recordId: '7',
  who: 'opr_1',
  act: 'listing.approve',
  subject: 'lst_1',
  details: '{"level": 1}',
  requestId: 'req_1',
  recordedAt: '2024-03-01T00:00:00.000001Z',
};

describe('the digest of a seal', () => {
  it('is the same for the same facts', () => {
    expect(sealDigest(1n, CHAIN_START, facts)).toBe(sealDigest(1n, CHAIN_START, { ...facts }));
  });

  it.each(Object.keys(facts) as (keyof SealedFacts)[])('changes when %s changes', (field) => {
    expect(sealDigest(1n, CHAIN_START, { ...facts, [field]: `${facts[field]}x` })).not.toBe(sealDigest(1n, CHAIN_START, facts));
  });

  it('changes with position and predecessor', () => {
    const digests = [sealDigest(1n, CHAIN_START, facts), sealDigest(2n, CHAIN_START, facts), sealDigest(1n, 'f'.repeat(64), facts)];
    expect(new Set(digests).size).toBe(3);
  });

  it('does not let text wander from one field into the next', () => {
    const moved = { ...facts, who: 'opr_', act: '1listing.approve' };
    expect(sealDigest(1n, CHAIN_START, moved)).not.toBe(sealDigest(1n, CHAIN_START, facts));
    const pipes = { ...facts, who: 'a\n1:b', act: 'c' };
    const others = { ...facts, who: 'a', act: 'b\n1:c' };
    expect(sealDigest(1n, CHAIN_START, pipes)).not.toBe(sealDigest(1n, CHAIN_START, others));
  });
});
