export { currentRequestId, withRequestId } from './request-id';
export { logger } from './logger';
export type { Logger, LoggerOptions } from './logger';
export { redact } from './redaction';
