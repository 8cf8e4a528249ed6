import type { KeyName } from '#platform/config';
import { BELL_CONNECTIONS } from '#platform/queue';

/** Processes that run for as long as the platform does. */
export type AppName = 'bank-simulator' | 'customer-api' | 'back-office-api' | 'worker' | 'reconciliation-worker';

/** What it takes to start a process and to know that it is well. */
export interface ProcessEntry {
  readonly name: AppName;
  readonly zh: string;
  readonly en: string;
  /** Its program, below `dist/`. */
  readonly entry: string;
  /** Options of Node.js itself. */
  readonly nodeFlags?: readonly string[];
  /** The key of its port, for processes that answer HTTP. */
  readonly portKey?: KeyName;
  /** Answers 200 when the process is well. */
  readonly healthPath?: string;
  /** Most connections to PostgreSQL: pool, LISTEN and bell. */
  readonly connections: number;
  /** How many run in a deployment; one each in the sandbox. */
  readonly copies: number;
  /**
   * Part of the bank's requests a second that all its copies together may use, of what the bank allows to the platform as a whole.
   * Who asks the bank in somebody's presence gets a little, who works through batches gets most.
   */
  readonly bankShare?: number;
}

/** Default of DATABASE_POOL_SIZE, and the connection that listens. */
const POOL = 10 + 1;

/** A rush makes much that lives for one batch only: with more room for the young it dies young (a fifth of the time of an admission, measured). */
const FOR_RUSHES: readonly string[] = ['--max-semi-space-size=64'];

/** The one list of processes, in the order in which they start. The simulator is the sandbox's bank: production has a real one. */
export const processTable: readonly ProcessEntry[] = [
  {
    name: 'bank-simulator',
    zh: '模拟银行',
    en: 'the simulated bank, a stranger with a database of its own',
    entry: 'apps/bank-simulator/main.js',
    portKey: 'SIMULATOR_PORT',
    healthPath: '/health',
    connections: 16,
    copies: 1,
  },
  {
    name: 'customer-api',
    zh: '客户端接口',
    en: "customers' H5 pages, and the bank's notices",
    entry: 'apps/customer-api/main.js',
    nodeFlags: FOR_RUSHES,
    portKey: 'CUSTOMER_API_PORT',
    healthPath: '/health',
    connections: POOL,
    copies: 1,
    bankShare: 0.15,
  },
  {
    name: 'back-office-api',
    zh: '管理后台接口',
    en: 'operators, checkers and auditors',
    entry: 'apps/back-office-api/main.js',
    portKey: 'BACK_OFFICE_API_PORT',
    healthPath: '/health',
    connections: POOL,
    copies: 1,
    bankShare: 0.05,
  },
  {
    name: 'worker',
    zh: '任务进程',
    en: 'jobs of every lane but day',
    entry: 'apps/worker/main.js',
    nodeFlags: FOR_RUSHES,
    connections: POOL + BELL_CONNECTIONS,
    copies: 2,
    bankShare: 0.7,
  },
  {
    name: 'reconciliation-worker',
    zh: '对账进程',
    en: 'end of day and reconciliation: jobs of the lane day',
    entry: 'apps/reconciliation-worker/main.js',
    connections: POOL + BELL_CONNECTIONS,
    copies: 1,
    bankShare: 0.1,
  },
];
