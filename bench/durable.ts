import type { Client } from 'pg';

const DURABLE = ['fsync', 'full_page_writes', 'synchronous_commit'];

/** What is not durable is not measured. @throws Error when the server would forget a commit in a power cut */
export async function refuseForgetfulServer(client: Client): Promise<void> {
  for (const setting of DURABLE) {
    const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [setting]);
    if (rows[0]?.value !== 'on') throw new Error(`${setting} is ${rows[0]?.value}: what is not durable is not measured`);
  }
}
