export { guaranteePayer, openGuarantee, useGuarantee } from './guarantee';
export type { GuaranteeDraft } from './guarantee';
