export { proposalLifecycle } from './proposal.lifecycle';
export { proposalRefusals } from './proposal.refusals';
export {
  expireOverdueProposals,
  expireProposals,
  openProposals,
  proposalDigest,
  propose,
  readProposal,
  rejectProposal,
  takeProposal,
} from './proposals';
export type { Proposal, ProposalDraft } from './proposals';
