export { settlementLifecycle } from './settlement.lifecycle';
export { settlementRefusals } from './settlement.refusals';
export { decideCollection, netOf } from './settlement';
export type { CollectionDecision, CollectionResult, Settlement } from './settlement';
export { startJob } from './collection';
export { decideByOperator, decideJob, previewDecision, scanCollections } from './deciding';
export { payNextJob } from './paying';
export { payDisbursementAgain, settlementSettled } from './disbursement';
export { settlementUnwound, scanUnwindings, unwindJob } from './unwinding';
