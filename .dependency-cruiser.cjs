'use strict';
// The import laws of docs/architecture.md. Every rule has a planted violation in test/tidy/fixtures/imports/<rule>, and the law
// test fails for a rule without one.

/** The bands, lowest first: imports point down only. */
const BANDS = ['kernel', 'platform', 'bank', 'registers', 'journey', 'branches', 'watch'];

/** The steps of the journey, first one first: a later step reads an earlier one, never the other way round. */
const STEPS = ['listing', 'investment', 'settlement', 'repayment'];

const TEST_CODE = ['\\.spec\\.ts$', '\\.type-test\\.ts$', '/testing/'];
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const bandRules = BANDS.map((band, index) => {
  const above = [...BANDS.slice(index + 1).map((name) => `libs/${name}`), 'apps'];
  return rule(
    `${band}-imports-downwards`,
    `libs/${band} knows nothing of what stands above it (${BANDS.join(' < ')} < apps). A fact or a port is the way up.`,
    { path: `^libs/${band}/`, pathNot: TEST_CODE },
    { path: `^(${above.join('|')})/` },
  );
});

const journeyRules = STEPS.slice(0, -1).map((step, index) =>
  rule(
    `${step}-runs-forward`,
    `journey/${step} never knows a later step: it tells a fact, and apps/chain.ts says who hears it.`,
    { path: `^libs/journey/${step}/`, pathNot: TEST_CODE },
    { path: `^libs/journey/(${STEPS.slice(index + 1).join('|')})/` },
  ),
);

const shape = [
  rule(
    'no-circles',
    'Two files that need each other when they run are one thing, or a third one is missing.',
    {},
    {
      circular: true,
      viaOnly: { dependencyTypesNot: ['type-only'] },
    },
  ),
  rule(
    'no-circles-between-folders',
    'Two folders that know each other, be it by a type, are one folder, or a third one is missing.',
    { path: '^(libs/[^/]+/[^/]+|apps/[^/]+)/' },
    { circular: true, via: { pathNot: '^$1/', dependencyTypes: ['type-only'] } },
  ),
  rule(
    'front-doors',
    'A folder of a band is imported through its front door, index.ts (written #band/folder).',
    { path: '^(libs/[^/]+/[^/]+|apps|bench)/', pathNot: TEST_CODE },
    { path: '^libs/[^/]+/[^/]+/', pathNot: ['^$1/', '^libs/[^/]+/[^/]+/(testing/)?index\\.ts$'] },
  ),
  rule(
    'apps-keep-apart',
    'Apps are processes: they meet over HTTP or in the database. They share apps/*.ts only; the command line may start any of them.',
    { path: '^apps/([^/]+)/', pathNot: ['^apps/command-line/', ...TEST_CODE] },
    { path: '^apps/[^/]+/', pathNot: '^apps/$1/' },
  ),
  rule(
    'ledger-knows-no-register',
    'The ledger is the lowest register: it posts what it is given and knows none of the others.',
    { path: '^libs/registers/ledger/', pathNot: TEST_CODE },
    { path: '^libs/registers/(?!ledger/)' },
  ),
  rule(
    'bank-orders-know-the-ledger-only',
    'registers/bank-order posts what the bank has said to registers/ledger and knows no other register.',
    { path: '^libs/registers/bank-order/', pathNot: TEST_CODE },
    { path: '^libs/registers/(?!(bank-order|ledger)/)' },
  ),
  rule(
    'registers-keep-apart',
    'A register may write entries and bank orders, and knows no other register: what needs two of them is a step of the journey.',
    { path: '^libs/registers/(?!(?:bank-order|ledger)/)([^/]+)/', pathNot: TEST_CODE },
    { path: '^libs/registers/', pathNot: ['^libs/registers/$1/', '^libs/registers/(bank-order|ledger)/'] },
  ),
  rule(
    'strangers-know-the-wire-only',
    'The bank simulator and the demo are strangers: of ours they import kernel/money, kernel/time and bank/wire, nothing else.',
    { path: '^apps/(bank-simulator|demo)/', pathNot: TEST_CODE },
    { path: '^libs/', pathNot: ['^libs/kernel/(money|time)/', '^libs/bank/wire/'] },
  ),
  rule(
    'demo-speaks-http-only',
    'The demo reaches platform and bank by HTTP alone: no package, no file, no process and no socket of its own.',
    { path: '^apps/demo/', pathNot: TEST_CODE },
    { path: ['(^|/)node_modules/', '^(node:)?(fs|net|tls|dgram|dns|http2|child_process|worker_threads|cluster|inspector|v8|vm)(/|$)'] },
  ),
  rule(
    'wire-is-plain',
    'bank/wire is shared with strangers, so it imports only what they may import.',
    { path: '^libs/bank/wire/', pathNot: TEST_CODE },
    { path: '^libs/', pathNot: ['^libs/kernel/', '^libs/bank/wire/'] },
  ),
  rule(
    'adapters-are-chosen-by-apps',
    'Nothing above the bank port knows which adapter is connected, only what it is able to do.',
    { path: '^libs/(registers|journey|branches|watch|platform)/|^libs/bank/(port|wire)/', pathNot: TEST_CODE },
    { path: '^libs/bank/[^/]+-adapter/' },
  ),
  rule(
    'production-stands-alone',
    'What runs in production imports no spec, no testing/ folder and nothing of test/, bench/ or scripts/.',
    { path: '^(libs|apps)/', pathNot: TEST_CODE },
    { path: ['^(test|bench|scripts)/', ...TEST_CODE] },
  ),
];

const purity = [
  rule(
    'kernel-is-pure',
    'libs/kernel is pure TypeScript: node: modules and itself, no npm package.',
    { path: '^libs/kernel/', pathNot: TEST_CODE },
    {
      path: 'node_modules/',
    },
  ),
  rule(
    'nouns-are-pure',
    'A lifecycle, a list of refusals and the noun itself (domain/, or the file named like its folder) decide without a machine: they import the kernel and each other.',
    { path: '^libs/.*(\\.(lifecycle|refusals)\\.ts$|/domain/)|^libs/(?:journey|branches)/([^/]+)/\\3\\.ts$', pathNot: TEST_CODE },
    { pathNot: ['^libs/kernel/', '\\.(lifecycle|refusals)\\.ts$', '/domain/'], dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'typeorm-in-persistence',
    'TypeORM is known by persistence/, *.row.ts and platform/database only.',
    { path: '^(libs|apps)/', pathNot: ['/persistence/', '\\.row\\.ts$', '^libs/platform/database/', ...TEST_CODE] },
    { path: npm('typeorm') },
  ),
  rule(
    'queue-packages-in-queue',
    'BullMQ and ioredis are known by platform/queue only: everybody else writes job rows.',
    { path: '^(libs|apps)/', pathNot: ['^libs/platform/queue/', ...TEST_CODE] },
    { path: npm('bullmq', 'ioredis') },
  ),
  rule(
    'driver-in-the-machine-room',
    'The PostgreSQL driver is known by libs/platform, and by the bank simulator for its own database: everybody else is given a transaction.',
    { path: '^(libs|apps)/', pathNot: ['^libs/platform/', '^apps/bank-simulator/', ...TEST_CODE] },
    { path: npm('pg', 'pg-pool'), dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'web-in-apps',
    'Nest and Fastify are known by the apps and by platform/http: the domain knows no HTTP.',
    { path: '^libs/', pathNot: ['^libs/platform/http/', ...TEST_CODE] },
    { path: npm('@nestjs', '@fastify', 'fastify') },
  ),
  rule(
    'no-development-packages',
    'What runs in production imports no package of devDependencies.',
    { path: '^(libs|apps)/', pathNot: TEST_CODE },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
  ),
  rule(
    'no-undeclared-packages',
    'Every package that is imported stands in package.json.',
    { path: '^(libs|apps|bench|test)/' },
    {
      dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only'],
    },
  ),
  rule('everything-resolves', 'Every import leads to a file or a package that is there.', {}, { couldNotResolve: true }),
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...bandRules, ...journeyRules, ...shape, ...purity],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.data|coverage|test/tidy/fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
      mainFields: ['types', 'main'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
