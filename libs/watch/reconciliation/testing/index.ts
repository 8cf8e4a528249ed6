export { PaperBank } from './paper-bank';
export type { PaperDay } from './paper-bank';
