export { allTransitions, declareTransition } from './declaration';
export type { Transition } from './declaration';
export { move } from './move';
export type { By, Moved, Patch, Subject } from './move';
export { moveInParts } from './move-in-parts';
export { writeMoved } from './write-moved';
export type { NewRow } from './write-moved';
