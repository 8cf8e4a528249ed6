'use strict';
// Rules about writing rows.

const UNBOUNDED = 'An UPDATE or DELETE without WHERE changes every row of the table.';
const PARALLEL = 'Queries of one transaction share one connection: await them one after the other, or write one statement over a set.';
const SQL_WRITE = /\bUPDATE\s+(?!SET\b)(ONLY\s+)?[\w."$?{}]+\s+((AS\s+)?\w+\s+)?SET\b|\bDELETE\s+FROM\b/i;

const meta = (message) => ({ type: 'problem', docs: { description: message }, messages: { forbidden: message }, schema: [] });

exports.noUnboundedWrite = {
  meta: meta(UNBOUNDED),
  create(context) {
    const report = (node) => context.report({ node, messageId: 'forbidden' });
    const checkSql = (node, text) => {
      if (SQL_WRITE.test(text) && !/\bWHERE\b/i.test(text)) report(node);
    };
    return {
      'CallExpression[callee.property.name="execute"]'(node) {
        const calls = chainOf(node);
        const writes = calls.includes('createQueryBuilder') && (calls.includes('update') || calls.includes('delete'));
        if (writes && !calls.some((name) => /^where/.test(name))) report(node);
      },
      Literal(node) {
        if (typeof node.value === 'string') checkSql(node, node.value);
      },
      TemplateLiteral(node) {
        checkSql(node, node.quasis.map((quasi) => quasi.value.raw).join('?'));
      },
    };
  },
};

exports.noParallelQueries = {
  meta: meta(PARALLEL),
  create: (context) => ({
    'CallExpression[callee.object.name="Promise"][callee.property.name=/^(all|allSettled|race|any)$/]'(node) {
      if (mentions(node.arguments, 'tx')) context.report({ node, messageId: 'forbidden' });
    },
  }),
};

/** Names of the methods of a call chain, the last one first. */
function chainOf(node) {
  const names = [];
  for (let call = node; call?.type === 'CallExpression' && call.callee.type === 'MemberExpression'; call = call.callee.object) {
    names.push(call.callee.property.name);
  }
  return names;
}

/** Whether an identifier of this name is used anywhere below, other than in a function that has a parameter of that name. */
function mentions(value, name) {
  if (Array.isArray(value)) return value.some((item) => mentions(item, name));
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value.params) && value.params.some((parameter) => parameter.name === name)) return false;
  if (value.type === 'Identifier' && value.name === name) return true;
  return Object.entries(value).some(([key, child]) => key !== 'parent' && mentions(child, name));
}
