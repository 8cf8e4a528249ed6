export { recordAct, recordActs } from './record-act';
export type { Act } from './record-act';
