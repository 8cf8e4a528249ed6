import { Outage } from '#kernel/faults';
import { loadConfig } from '#platform/config';
import { prepareDatabase, sandboxDatabase } from '#platform/processes';
import type { PreparedDatabase } from '#platform/processes';
import { type Command, type CommandIo, COMMON_OPTIONS, writeLine } from './command';

/** `rongqiao migrate`: brings the database up to this build, as its owner. */
export const migrateCommand: Command = {
  name: 'migrate',
  summary: {
    zh: '升级数据库结构与任务队列表; 空库首次运行时按 INITIAL_BUSINESS_DATE 开业; 未设置 DATABASE_URL 时为沙箱的内嵌数据库',
    en: "schema and queue up to this build; opens INITIAL_BUSINESS_DATE in an empty database; without DATABASE_URL the sandbox's embedded one",
  },
  usage: 'migrate',
  options: COMMON_OPTIONS,
  async run(args, io) {
    const prepared = await prepare();
    await (args.includes('--json') ? writeLine(io.stdout, JSON.stringify(prepared)) : tell(prepared, io));
    return 0;
  },
};

async function prepare(): Promise<PreparedDatabase> {
  const config = loadConfig('migrate', process.env);
  const { DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, DATABASE_READ_URL: readUrl, INITIAL_BUSINESS_DATE: firstDay } = config;
  if (appUrl !== undefined && ownerUrl !== undefined && readUrl !== undefined) {
    return prepareDatabase({ appUrl, ownerUrl, readUrl, sandbox: config.SANDBOX, firstDay });
  }
  if (appUrl !== undefined || ownerUrl !== undefined || readUrl !== undefined) {
    throw new Outage('migrate does not start: set all of DATABASE_URL, DATABASE_OWNER_URL and DATABASE_READ_URL, or none of them.');
  }
  const embedded = await sandboxDatabase();
  try {
    return await prepareDatabase({ ...embedded, sandbox: true, firstDay });
  } finally {
    await embedded.stop();
  }
}

async function tell({ applied, present, businessDate }: PreparedDatabase, { stdout }: CommandIo): Promise<void> {
  for (const name of applied) await writeLine(stdout, `已应用 applied: ${name}`);
  const count = `${present + applied.length} (${applied.length} new)`;
  await writeLine(stdout, `数据库已是最新 the database is up to date, migrations: ${count}`);
  const day = businessDate ?? '尚未开业, 请设置 INITIAL_BUSINESS_DATE 后再运行 none yet: set INITIAL_BUSINESS_DATE and run this again';
  await writeLine(stdout, `业务日期 business date: ${day}`);
}
