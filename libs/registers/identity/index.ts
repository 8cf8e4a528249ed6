export { accountMoved } from './facts';
export { identityRefusals } from './identity.refusals';
export {
  admitCustomer,
  customerByAccountNo,
  customerById,
  customerByNo,
  customerName,
  meetCustomer,
  refreshEAccount,
  refreshEAccounts,
} from './customers';
export type { Customer, NewCustomer } from './customers';
export { CustomerSessions, endCustomerSession, livingCustomerSessions, openCustomerSession } from './customer-sessions';
export type { CustomerSession } from './customer-sessions';
export { forgetAttemptsJob, isAnyAttemptOver, keepLoginAttempt, takeLoginAttempt } from './login-attempts';
export type { LoginSecrets } from './login-attempts';
export { signOn } from './sign-on';
export type { SignedOn, SignOn, SignOnOptions, StartedLogin } from './sign-on';
export { bootstrapOperators, endOperatorSession, operatorSession, signInOperator } from './operators';
export type { Operator, SignInEnd } from './operators';
export { hashPassword } from './passwords';
export { institutionById, institutions, registerInstitution } from './institutions';
export type { Institution, NewInstitution } from './institutions';
export { recordMandate } from './mandates';
export type { Mandate, MandateKind } from './mandates';
export { sealer } from './sealed';
export type { Sealer, SealingKey } from './sealed';
export { maskCard, maskIdNumber, maskMobile, maskName } from './masking';
export { isResidentId } from './resident-id';
export { newToken } from './tokens';
export { identityRows } from './persistence';
export { OPERATOR_ROLES } from './persistence/operator.row';
export type { OperatorRole } from './persistence/operator.row';
export { accountNewsJob, mandateNewsJob } from './account-news';
export { checkFactors } from './opening-factors';
