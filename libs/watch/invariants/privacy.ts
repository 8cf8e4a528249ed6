import type { Tx } from '#platform/database';
import { MOST_NAMED } from './invariant';
import type { Difference, Invariant } from './invariant';

interface TextColumn {
  readonly table_name: string;
  readonly column_name: string;
}

/** A resident's ID number (GB 11643: region, date of birth, order, check character) or a mobile number, standing by itself. */
const ID_NUMBER = String.raw`(^|[^0-9A-Za-z])[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]($|[^0-9A-Za-z])`;
const MOBILE = String.raw`(^|["'' :])(\+?86[ -]?)?1[3-9][0-9]{9}($|["'' ,])`;
const PATTERN = `(${ID_NUMBER})|(${MOBILE})`;

/** Columns whose text is a word of ours, a digest or a number of ours: they cannot hold what a person wrote. */
const OUR_OWN_WORDS =
  /^(state|kind|name|noun|event|digest|body_digest|sha256|token_digest|lane|unique_key|phase|.*_state|.*_digest|.*_hash|.*_no|reference|bank_serial)$/;

/**
 * I19: looks at every text and JSON column of every table. Names cannot be recognised by their shape, so the two columns for names are held to theirs: sealed or
 * masked.
 */
export const privacyInvariant: Invariant = {
  id: 'I19',
  title: { zh: '库表中没有明文个人信息', en: 'no personal data in clear in the tables' },
  async check(tx) {
    const columns = await tx.query<TextColumn>(COLUMNS);
    const differences = [...(await namesInClear(tx))];
    let examined = 0n;
    for (const [table, names] of byTable(columns)) {
      const found = await tx.query<Difference & { examined: bigint }>(lookInto(table, names), [PATTERN]);
      examined += found[0]?.examined ?? 0n;
      differences.push(...found.filter(({ what }) => what !== '').map(({ what }) => ({ what })));
    }
    return { examined, differences: differences.slice(0, MOST_NAMED) };
  },
};

const COLUMNS = `
  SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
  WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'jsonb', 'json', 'character varying')
    AND c.table_name !~ '^(bull|schema_migration)' ORDER BY c.table_name, c.column_name`;

function byTable(columns: readonly TextColumn[]): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const { table_name: table, column_name: column } of columns) {
    const isPlain = /^[a-z_][a-z0-9_]*$/.test(table) && /^[a-z_][a-z0-9_]*$/.test(column);
    if (isPlain && !OUR_OWN_WORDS.test(column)) tables.set(table, [...(tables.get(table) ?? []), column]);
  }
  return tables;
}

/** One pass over a table: how many rows, and where the pattern is found. The value itself is never shown. */
function lookInto(table: string, columns: readonly string[]): string {
  const hits = columns.map(
    (column) => `CASE WHEN t."${column}"::text ~ $1 THEN '${table}.${column} shows an ID or mobile number in clear' ELSE '' END`,
  );
  return `
    WITH looked AS (SELECT concat_ws('; ', ${hits.map((hit) => `nullif(${hit}, '')`).join(', ')}) AS what FROM "${table}" t)
    SELECT (SELECT count(*) FROM looked) AS examined, coalesce(found.what, '') AS what
    FROM (SELECT 1) AS one LEFT JOIN (SELECT what FROM looked WHERE what <> '' LIMIT ${MOST_NAMED}) AS found ON true`;
}

function namesInClear(tx: Tx): Promise<Difference[]> {
  return tx.query<Difference>(
    `SELECT 'the name of customer ' || customer_no || ' is not ' || CASE WHEN name_sealed ~ '[一-龥]' THEN 'sealed' ELSE 'masked' END AS what FROM customer
     WHERE name_sealed ~ '[一-龥]' OR (name_masked IS NOT NULL AND name_masked !~ '[*＊]') LIMIT ${MOST_NAMED}`,
  );
}
