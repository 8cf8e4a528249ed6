import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { rootFolder } from '#platform/processes';

/** What `rongqiao verify` said about the books, and their digest. */
export interface Verification {
  readonly invariants: readonly {
    readonly id: string;
    readonly zh: string;
    readonly en: string;
    readonly examined: number;
    readonly differences: readonly string[];
  }[];
  readonly digest: string;
  /** What does not hold, in sentences. */
  readonly failures: readonly string[];
}

const verified = z.object({
  invariants: z.array(z.object({ id: z.string(), zh: z.string(), en: z.string(), examined: z.number(), differences: z.array(z.string()) })),
});
const digested = z.object({ sha256: z.string() });

/** Runs `rongqiao verify` as anybody else would: a process of its own, the read-only role, and the bank's own books beside ours when it is told where they are. */
export async function verifyInChild(readUrl: string, bankUrl?: string): Promise<Verification> {
  const answer = await rongqiao(['verify', '--json', ...(bankUrl === undefined ? [] : ['--bank', bankUrl])], readUrl);
  const digest = await rongqiao(['verify', '--digest', '--json'], readUrl);
  const said = verified.safeParse(parse(answer.stdout));
  const sha = digested.safeParse(parse(digest.stdout));
  if (!said.success || !sha.success) {
    return {
      invariants: [],
      digest: '',
      failures: [`verify 未能完成 could not be run: ${(answer.stderr || digest.stderr).trim().slice(0, 2_000)}`],
    };
  }
  const { invariants } = said.data;
  const failures = invariants.flatMap(({ id, differences }) => differences.map((what) => `${id} ${what}`));
  if (answer.code !== 0 && failures.length === 0)
    failures.push(`verify 退出码 exit code ${answer.code}: ${answer.stderr.trim().slice(0, 2_000)}`);
  return { invariants, digest: sha.data.sha256, failures };
}

/** The invariants with the rows that were examined. */
export function describeVerification({ invariants, digest }: Verification): string[] {
  const lines = invariants.map(
    ({ id, zh, en, examined, differences }) =>
      `  ${id.padEnd(5)}${differences.length === 0 ? '成立 holds ' : '不成立 BROKEN'} ${String(examined).padStart(8)} 行 rows  ${zh} / ${en}`,
  );
  return ['', '不变量 invariants', ...lines, `  账簿摘要 digest ${digest}`];
}

interface ChildEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function rongqiao(args: readonly string[], readUrl: string): Promise<ChildEnd> {
  const child = spawn(process.execPath, [join(rootFolder(), 'bin', 'rongqiao.js'), ...args], {
    env: { ...process.env, SANDBOX: 'true', DATABASE_READ_URL: readUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8');
    child[stream].on('data', (text: string) => (said[stream] += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
