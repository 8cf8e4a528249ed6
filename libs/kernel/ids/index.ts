export { newId, publicId, readPublicId, requestNoOf, isUuid } from './ids';
export type { Uuid } from './ids';
