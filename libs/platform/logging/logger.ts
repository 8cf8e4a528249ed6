import pino from 'pino';
import type { DestinationStream, Level } from 'pino';
import { redact, redactText } from './redaction';
import { currentRequestId } from './request-id';

/** A log: an object of facts, then a sentence. Facts carry no money as `number`; `bigint` becomes text. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface LoggerOptions {
  /** Least level that is written; `info` by default, nothing at all in tests. */
  readonly level?: Level | 'silent';
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * The log of one process: JSON lines with process, time, request id and facts, without secrets and personal data
 * (`redact`). Lines are written at once, so that the last one before an exit is not lost.
 */
export function logger(processName: string, options: LoggerOptions = {}): Logger {
  const level = options.level ?? (process.env['JEST_WORKER_ID'] === undefined ? 'info' : 'silent');
  const destination = options.destination ?? pino.destination({ fd: 1, sync: true });
  const lines = pino(
    {
      level,
      base: { process: processName, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Errors arrive here as plain facts already.
      serializers: { err: (facts: unknown) => facts },
    },
    destination,
  );
  const write =
    (at: Level) =>
    (facts: object, message: string): void => {
      if (!lines.isLevelEnabled(at)) return;
      const named = facts instanceof Error ? { err: facts } : facts;
      lines[at]({ requestId: currentRequestId(), ...(redact(named) as object) }, redactText(message));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
