import { sha256Hex } from './signature';
import { statementHeader, statementTrailer, type StatementHeader } from './statement-format';

/** A whole statement file of D lines (without newlines) and the amounts that its trailer adds up. */
export function statementFile(header: StatementHeader, lines: readonly string[], sumFen: bigint): Buffer {
  const before = Buffer.from([statementHeader(header), ...lines, ''].join('\n'), 'utf8');
  const trailer = statementTrailer({ count: lines.length, sumFen, sha256: sha256Hex(before) });
  return Buffer.concat([before, Buffer.from(`${trailer}\n`, 'utf8')]);
}
