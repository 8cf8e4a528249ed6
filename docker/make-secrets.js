'use strict';
// Makes the secrets of a compose installation once, below .data/compose: an env file and the keys as files. What is there
// already is left alone: stored data is encrypted with it.
const { generateKeyPairSync, randomBytes } = require('node:crypto');
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const folder = resolve(__dirname, '../.data/compose');
// The folder keeps others out; the files in it are readable, because the processes in the containers have another user id.
mkdirSync(folder, { recursive: true, mode: 0o700 });

function keep(name, content) {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, content, { mode: 0o644 });
}

for (const owner of ['platform', 'bank']) {
  if (existsSync(join(folder, `${owner}-private-key.pem`))) continue;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  keep(`${owner}-private-key.pem`, privateKey);
  keep(`${owner}-public-key.pem`, publicKey);
}
keep('oidc-client-secret', randomBytes(32).toString('hex'));
keep('personal-data-key', `compose:${randomBytes(32).toString('base64')}`);
const password = () => randomBytes(24).toString('hex');
// Two reviewers, and a checker who is not the operator: nobody approves what he has proposed himself.
const operators = { operator: 'operator', first: 'reviewer_1', second: 'reviewer_2', checker: 'checker', auditor: 'auditor' };
const people = Object.entries(operators).map(([name, role]) => ({ name, roles: [role], password: password() }));
keep('operators.json', JSON.stringify(people, null, 2));
keep('env', ['SUPERUSER', 'OWNER', 'APP', 'READ', 'BANK'].map((role) => `${role}_PASSWORD=${password()}\n`).join(''));
console.log(`docker compose --env-file ${join('.data', 'compose', 'env')} up --build`);
