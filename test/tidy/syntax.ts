import { posix } from 'node:path';
import ts from 'typescript';
import type { Tree } from './tree';

/** A symbol that a front door exports, with the statement that declares it (none for a symbol of another folder or package). */
export interface Export {
  readonly name: string;
  readonly path: string;
  readonly node: ts.Node | undefined;
}

/** Parses one file without types. */
export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

/** Everything that a file exports, followed through relative re-exports to where it is declared. */
export function exportsOf(tree: Tree, path: string): Export[] {
  const file = parse(path, tree[path] ?? '');
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return reExported(tree, path, file, statement);
    if (!isExported(statement)) return [];
    return namesOf(statement).map((name) => ({ name, path, node: statement }));
  });
}

function reExported(tree: Tree, path: string, file: ts.SourceFile, statement: ts.ExportDeclaration): Export[] {
  const source = statement.moduleSpecifier !== undefined ? targetOf(tree, path, statement.moduleSpecifier) : path;
  const names =
    statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause) ? statement.exportClause.elements : undefined;
  if (source === undefined) return (names ?? []).map(({ name }) => ({ name: name.text, path, node: undefined }));
  if (names === undefined) return exportsOf(tree, source);
  return names.map((element) => {
    const wanted = (element.propertyName ?? element.name).text;
    const declared = declarationOf(source === path ? file : parse(source, tree[source]!), wanted);
    if (declared !== undefined) return { name: element.name.text, path: source, node: declared };
    const passedOn = source === path ? undefined : exportsOf(tree, source).find(({ name }) => name === wanted);
    return { name: element.name.text, path: passedOn?.path ?? source, node: passedOn?.node };
  });
}

/** The file that a relative import means, when it is in the tree. */
function targetOf(tree: Tree, from: string, specifier: ts.Expression): string | undefined {
  const text = ts.isStringLiteral(specifier) ? specifier.text : '';
  if (!text.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(from), text);
  return [`${target}.ts`, `${target}/index.ts`, target].find((candidate) => candidate in tree);
}

function declarationOf(file: ts.SourceFile, name: string): ts.Statement | undefined {
  return file.statements.find((statement) => namesOf(statement).includes(name));
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/** Names that a top-level statement declares. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : ''));
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}
