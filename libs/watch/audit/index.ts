export { sealAudit, sealRecords } from './sealing';
export { verifyAuditChain } from './verifying';
export type { AuditVerdict } from './verifying';
