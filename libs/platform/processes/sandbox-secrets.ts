import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** An RSA key pair in PEM. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Secrets of one sandbox. They are real secrets, made at random, so that nothing in the sandbox is weaker than elsewhere. */
export interface SandboxSecrets {
  readonly platform: KeyPair;
  readonly bank: KeyPair;
  readonly oidcClientSecret: string;
  readonly personalDataKey: string;
}

/** The secrets of a sandbox: made once, kept in a file that only we can read, because stored data is encrypted with them. */
export function sandboxSecrets(file: string): SandboxSecrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as SandboxSecrets;
  const made: SandboxSecrets = {
    platform: keyPair(),
    bank: keyPair(),
    oidcClientSecret: randomBytes(32).toString('hex'),
    personalDataKey: `sandbox:${randomBytes(32).toString('base64')}`,
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(made, null, 2), { mode: 0o600 });
  renameSync(unfinished, file);
  return made;
}

function keyPair(): KeyPair {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
