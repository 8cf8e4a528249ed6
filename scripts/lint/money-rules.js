'use strict';
// Rules about amounts. They ask the type checker, so a variable needs no telling name to be recognised as money.

/** A rule that is given `isFen(node)`: whether the type of an expression is the branded amount of #kernel/money. */
function aboutFen(message, visitors) {
  return {
    meta: { type: 'problem', docs: { description: message, requiresTypeChecking: true }, messages: { forbidden: message }, schema: [] },
    create(context) {
      const services = context.sourceCode.parserServices;
      const isFen = (node) => typeIsFen(services.getTypeAtLocation(node));
      return visitors(isFen, (node) => context.report({ node, messageId: 'forbidden' }));
    },
  };
}

function typeIsFen(type) {
  if (type.aliasSymbol?.escapedName === 'Fen') return true;
  if (type.isUnion()) return type.types.some(typeIsFen);
  return false;
}

exports.noNumberOfFen = aboutFen('An amount never becomes a Number: no floating point near money.', (isFen, report) => ({
  'CallExpression[callee.name=/^(Number|parseInt)$/][arguments.length>0]'(node) {
    if (isFen(node.arguments[0])) report(node);
  },
}));

exports.noFenArithmetic = aboutFen(
  'Two amounts are added, subtracted and divided by #kernel/money, where overflow is refused and every division names its rounding.',
  (isFen, report) => ({
    'BinaryExpression[operator=/^([-+*%]|\\x2F|\\*\\*)$/]'(node) {
      if (isFen(node.left) && isFen(node.right)) report(node);
    },
    'AssignmentExpression[operator=/^([-+*%]|\\x2F)=$/]'(node) {
      if (isFen(node.left) && isFen(node.right)) report(node);
    },
  }),
);
