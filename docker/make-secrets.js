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
keep('session-secret', randomBytes(48).toString('base64'));
keep('personal-data-key', `compose:${randomBytes(32).toString('base64')}`);
const password = () => randomBytes(24).toString('hex');
keep('env', ['SUPERUSER', 'OWNER', 'APP', 'READ', 'BANK'].map((role) => `${role}_PASSWORD=${password()}\n`).join(''));
console.log(`docker compose --env-file ${join('.data', 'compose', 'env')} up --build`);
