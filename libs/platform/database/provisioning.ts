import { Client } from 'pg';

/** The roles of one deployment. The owner migrates, the app changes rows, read looks; the simulator is a stranger with its own. */
export const ROLES = { owner: 'rongqiao_owner', app: 'rongqiao_app', read: 'rongqiao_read', bank: 'rongqiao_bank' } as const;

/** The two databases of a sandbox: ours, and the simulated bank's, which nothing of ours can enter. */
export const SANDBOX_DATABASES = { platform: 'rongqiao', bank: 'rongqiao_bank' } as const;

/** One password per role. */
export type DatabasePasswords = Readonly<Record<keyof typeof ROLES, string>>;

/**
 * Creates roles and databases that are missing and sets passwords and rights of all; may be repeated. Needs a superuser, so it
 * is used for the embedded server and tests; a production server's administrator does the same by hand (`docs/runbook.md`).
 */
export async function createDatabases(
  superuserUrl: string,
  passwords: DatabasePasswords,
  databases: { platform?: string; bank?: string } = SANDBOX_DATABASES,
): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    // Two that alter one role at once break each other off. The lock ends with the connection.
    await client.query(`SELECT pg_advisory_lock(hashtextextended('rongqiao provisioning', 0))`);
    for (const [role, name] of Object.entries(ROLES)) await createRole(client, name, passwords[role as keyof typeof ROLES]);
    const { platform, bank } = databases;
    if (platform !== undefined) await createDatabase(client, { name: platform, owner: ROLES.owner, guests: [ROLES.app, ROLES.read] });
    if (bank !== undefined) await createDatabase(client, { name: bank, owner: ROLES.bank, guests: [] });
  });
}

/** Runs `fn` on one connection and ends it. */
export async function withClient<T>(url: string, fn: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'provisioning', connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

async function createRole(client: Client, name: string, password: string): Promise<void> {
  const known = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  const verb = known.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(
    `${verb} ROLE ${client.escapeIdentifier(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`,
  );
}

/** A database to make: whose it is, who else may enter, and what it starts from. */
export interface NewDatabase {
  readonly name: string;
  readonly owner: string;
  readonly guests: readonly string[];
  /** An existing database to which nobody is connected; its content is copied. */
  readonly template?: string;
}

/** A database which only its owner and the guests may enter. The schema `public` belongs to the owner of the database. */
export async function createDatabase(client: Client, wanted: NewDatabase): Promise<void> {
  const database = client.escapeIdentifier(wanted.name);
  const known = await client.query('SELECT FROM pg_database WHERE datname = $1', [wanted.name]);
  if (known.rowCount === 0) {
    // Copying the files costs half of writing each page to the log, for databases of the size of a schema.
    const source = wanted.template === undefined ? '' : `TEMPLATE ${client.escapeIdentifier(wanted.template)} STRATEGY FILE_COPY`;
    await client.query(`CREATE DATABASE ${database} OWNER ${client.escapeIdentifier(wanted.owner)} ${source}`);
  }
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  for (const guest of wanted.guests) await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${client.escapeIdentifier(guest)}`);
}
