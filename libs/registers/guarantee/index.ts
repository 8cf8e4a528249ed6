export { guaranteePayer, openGuarantee, readGuarantee, useGuarantee } from './guarantee';
export type { Guarantee, GuaranteeDraft } from './guarantee';
