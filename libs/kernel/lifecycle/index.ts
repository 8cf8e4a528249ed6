export { allLifecycles, lifecycle } from './lifecycle';
export type { Arrow, EventOf, Lifecycle, StateOf } from './lifecycle';
