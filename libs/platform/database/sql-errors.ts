/** Errors after which the same transaction may be repeated as it is: serialization failure, deadlock, lock timeout. */
const repeatable = new Set(['40001', '40P01', '55P03']);

/** The SQLSTATE that PostgreSQL answered, looking through wrappers and causes; undefined when the server did not speak. */
export function sqlState(error: unknown): string | undefined {
  for (const layer of layers(error)) {
    const code = 'code' in layer ? layer.code : undefined;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in layer) return code;
  }
  return undefined;
}

/** Name of the constraint that a write broke (SQLSTATE class 23), e.g. to answer a duplicate key; undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  if (sqlState(error)?.startsWith('23') !== true) return undefined;
  for (const layer of layers(error)) if ('constraint' in layer && typeof layer.constraint === 'string') return layer.constraint;
  return undefined;
}

export function isRepeatable(error: unknown): boolean {
  return repeatable.has(sqlState(error) ?? '');
}

/**
 * True when a migration has changed what a statement gives back that this connection had prepared before. PostgreSQL has one code for everything that it does not do, so
 * its words decide; they are English, whatever the server's language, in the field of the routine.
 */
export function isStaleStatement(error: unknown): boolean {
  return sqlState(error) === '0A000' && layers(error).some((layer) => 'routine' in layer && layer.routine === 'RevalidateCachedQuery');
}

/**
 * True when the world failed, not the statement: the connection went away or was never there, the server is starting,
 * stopping or full, a statement was cancelled by its time limit.
 */
export function isWorldFailure(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57)/.test(state) || state === '25P03' || isRepeatable(error);
  return layers(error).some((layer) => {
    const code = 'code' in layer ? layer.code : undefined;
    if (typeof code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_)/.test(code)) return true;
    const message = 'message' in layer ? String(layer.message) : '';
    return /Connection terminated|timeout exceeded when trying to connect|not queryable|QueryRunner.*released|Query runner already released/i.test(
      message,
    );
  });
}

function layers(error: unknown): object[] {
  const found: object[] = [];
  const visit = (layer: unknown): void => {
    if (typeof layer !== 'object' || layer === null || found.includes(layer) || found.length > 10) return;
    found.push(layer);
    if ('driverError' in layer) visit(layer.driverError);
    if ('cause' in layer) visit(layer.cause);
    if ('errors' in layer && Array.isArray(layer.errors)) layer.errors.forEach(visit);
  };
  visit(error);
  return found;
}
