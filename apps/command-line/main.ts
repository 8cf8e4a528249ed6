import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Fault, Refusal } from '#kernel/faults';
import { type Bilingual, type Command, type CommandIo, COMMON_OPTIONS, writeLine } from './command';
import { refusalSentence } from './refusal-sentence';

/** The commands. Each lives in a file of its name, required only when it is called: quoting boots neither Nest nor a database. */
const COMMANDS: Readonly<Record<string, Bilingual>> = {
  up: { zh: '启动全部进程', en: 'start every process' },
  demo: { zh: '演示：真实标的走完一生', en: 'the demonstration: real listings live their whole life' },
  migrate: { zh: '升级数据库结构', en: 'bring the database schema up to date' },
  verify: { zh: '从明细重算并核对一切', en: 'recompute everything from the rows and name every difference' },
  allocate: { zh: '重算分配并与回执比对', en: 'replay allocations and compare them with their receipts' },
  reconcile: { zh: '对账', en: 'reconcile with the bank' },
  quote: { zh: '试算还款计划与综合成本', en: 'schedule, all-in cost and cost gate of loans' },
  split: { zh: '按权重分摊各期金额', en: 'shares of many in the amounts of a loan' },
};

/**
 * `rongqiao <command> …`. Understands `--help` and `--json` for every command.
 * @returns the exit code: the command's own; 2 when the command or an option is not known; 1 for a fault
 */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  const isJson = args.includes('--json');
  if (name === undefined || name.startsWith('-')) return listCommands(name, isJson, io);
  const command = loadCommand(name);
  if (command === undefined) {
    const known = Object.keys(COMMANDS).filter(isBuilt).join(', ');
    await writeLine(io.stderr, `没有命令 "${name}"；可用命令：${known} / there is no command "${name}"; there are: ${known}`);
    return 2;
  }
  if (rest.includes('--help')) return help(command, isJson, io);
  const stranger = rest.find((arg) => arg.startsWith('-') && !isKnown(command, arg));
  if (stranger !== undefined) {
    await writeLine(io.stderr, `命令 ${name} 没有选项 "${stranger}" / ${name} has no option "${stranger}"; see rongqiao ${name} --help`);
    return 2;
  }
  return runCommand(command, rest, io);
}

async function runCommand(command: Command, args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await command.run(args, io);
  } catch (fault) {
    const sentence = fault instanceof Refusal ? refusalSentence(fault) : fault instanceof Error ? fault.message : String(fault);
    await writeLine(io.stderr, sentence);
    if (!(fault instanceof Fault) && fault instanceof Error) await writeLine(io.stderr, fault.stack ?? '');
    return 1;
  }
}

/** `--port 1` and `--port=1` are both the option `--port <number>`. */
function isKnown({ options }: Command, arg: string): boolean {
  const flag = arg.split('=')[0];
  return [...options, ...COMMON_OPTIONS].some((option) => option.flag.split(/[ =]/)[0] === flag);
}

async function listCommands(arg: string | undefined, isJson: boolean, { stdout, stderr }: CommandIo): Promise<number> {
  if (arg !== undefined && arg !== '--help' && arg !== '--json') {
    await writeLine(stderr, `没有选项 "${arg}" / there is no option "${arg}"; see rongqiao --help`);
    return 2;
  }
  const commands = Object.entries(COMMANDS).filter(([name]) => isBuilt(name));
  if (isJson) {
    await writeLine(stdout, JSON.stringify({ commands: commands.map(([name, summary]) => ({ name, summary })) }));
    return 0;
  }
  await writeLine(stdout, '融桥 rongqiao <command> [--help] [--json]\n');
  for (const [name, { zh, en }] of commands) await writeLine(stdout, `  ${name.padEnd(10)} ${zh}\n${' '.repeat(13)}${en}`);
  return 0;
}

async function help({ name, summary, usage, options }: Command, isJson: boolean, { stdout }: CommandIo): Promise<number> {
  const all = [...options, ...COMMON_OPTIONS.filter(({ flag }) => !options.some((option) => option.flag === flag))];
  if (isJson) {
    await writeLine(stdout, JSON.stringify({ name, summary, usage, options: all }));
    return 0;
  }
  await writeLine(stdout, `rongqiao ${usage}\n\n${summary.zh}\n${summary.en}\n`);
  const width = Math.max(...all.map(({ flag }) => flag.length)) + 2;
  for (const { flag, text } of all) await writeLine(stdout, `  ${flag.padEnd(width)}${text.zh} / ${text.en}`);
  return 0;
}

function isBuilt(name: string): boolean {
  return existsSync(fileOf(name));
}

function fileOf(name: string): string {
  return join(__dirname, `${name}${extname(__filename)}`);
}

function loadCommand(name: string): Command | undefined {
  if (!Object.hasOwn(COMMANDS, name) || !isBuilt(name)) return undefined;
  const loaded = require(fileOf(name)) as Readonly<Record<string, Command>>;
  return loaded[`${name}Command`];
}
