import { refusals } from '#kernel/faults';

/** Why maker-checker may refuse. */
export const proposalRefusals = refusals({
  PROPOSAL_NOT_FOUND: { kind: 'missing', zh: '没有该提议', en: 'There is no such proposal.' },
  PROPOSAL_NOT_OPEN: { kind: 'conflict', zh: '提议已处理或已过期', en: 'The proposal was decided already, or it has expired.' },
  CHECKER_IS_MAKER: {
    kind: 'forbidden',
    zh: '提议人不能复核自己的提议',
    en: 'Whoever proposed this cannot approve it: another person must.',
  },
});
