import type { Tx } from '#platform/database';
import { runCommand } from '#platform/http';
import type { CommandAnswer, CommandRequest } from '#platform/http';
import { recordAct } from '#registers/audit-log';
import type { Operator } from '#registers/identity';
import type { BackOfficePorts } from './ports';

/** One act of an operator: what it is called in the audit log, about what. */
export interface Act {
  readonly operator: Operator;
  readonly command: CommandRequest;
  readonly requestId: string;
  readonly act: string;
  readonly subject: string;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Runs an operator's command: effect, audit row and stored answer in one transaction; a repetition under the same key repeats the answer only. */
export async function runAct(ports: BackOfficePorts, act: Act, fn: (tx: Tx, who: string) => Promise<object>): Promise<CommandAnswer> {
  return runCommand(ports.work, { ...act.command, actor: `operator:${act.operator.id}` }, async (tx) => {
    const answer = await fn(tx, act.operator.login);
    await recordAct(tx, {
      who: act.operator.login,
      act: act.act,
      subject: act.subject,
      details: act.details ?? {},
      requestId: act.requestId,
    });
    return answer;
  });
}
