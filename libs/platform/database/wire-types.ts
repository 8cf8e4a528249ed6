import { types } from 'pg';

type Parser = (text: string) => unknown;

const asText: Parser = (text) => text;

/** `{1,2,NULL}` of a type whose elements are never quoted, in any number of dimensions. */
function unquotedArray(element: Parser): Parser {
  return (text) => {
    const json = text
      .replaceAll('{', '[')
      .replaceAll('}', ']')
      .replaceAll(/[^[\],]+/g, (item) => (item === 'NULL' ? 'null' : `"${item}"`));
    const convert = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(convert);
      return typeof value === 'string' ? element(value) : value;
    };
    return convert(JSON.parse(json));
  };
}

/** Object identifiers of PostgreSQL's own types, from its `pg_type.dat`; they never change. */
const parsers = new Map<number, Parser>([
  [20, BigInt], // int8
  [1016, unquotedArray(BigInt)], // int8[]
  [1082, asText], // date: a day has no time zone, so it must not become a Date
  [1182, unquotedArray(asText)], // date[]
  [1700, asText], // numeric: never a double
  [1231, unquotedArray(asText)], // numeric[]
  [1114, asText], // timestamp without time zone: we have none; as text nobody can read it in the wrong zone
]);

/**
 * The parsers of our own pools: int8 → bigint, date → text, numeric → text, timestamptz → Date, json → parsed. Given to
 * each pool by itself, never set globally: other users of `pg` in the same process (BullMQ) expect its defaults.
 */
export const wireTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    return own ?? (types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text') as Parser);
  },
};
