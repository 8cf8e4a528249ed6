import { replayAllocations } from '#journey/investment';
import type { Replay, Replays } from '#journey/investment';
import { listingRefusals, readListing } from '#journey/listing';
import type { Listing } from '#journey/listing';
import { Refusal } from '#kernel/faults';
import { readPublicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import type { Tx } from '#platform/database';
import '../chain';
import { openBooks, optionOf } from './books';
import { type Command, type CommandIo, COMMON_OPTIONS, writeLine } from './command';

/** `rongqiao allocate --replay`: tells the allocations of a listing again from the log, and compares them with their receipts. */
export const allocateCommand: Command = {
  name: 'allocate',
  summary: {
    zh: '由日志重算标的的每一轮分配, 与存档回执逐字节比对; 每处不同一行, 有不同则退出码为 1',
    en: 'tell every allocation of a listing again from the log and compare it with its receipt, byte by byte; a line per difference, then exit code 1',
  },
  usage: 'allocate --listing <number or id> --replay [--round <n>] [--data <folder>]',
  options: [
    {
      flag: '--listing <listing>',
      text: { zh: '标的编号 (银行标的号) 或 lst_ 编号', en: "the listing's number at the bank, or its lst_ id" },
    },
    { flag: '--replay', text: { zh: '重算并比对; 分配本身由工作进程执行', en: 'replay and compare; allocating itself is the worker’s' } },
    { flag: '--round <n>', text: { zh: '只看这一轮, 从 1 起', en: 'this round only, counted from 1' } },
    { flag: '--data <folder>', text: { zh: '沙箱的数据目录', en: 'data folder of the sandbox' } },
    ...COMMON_OPTIONS,
  ],
  async run(args, io) {
    const name = optionOf(args, '--listing');
    const round = optionOf(args, '--round');
    const fault = faultOf(name, round, args.includes('--replay'));
    if (fault !== undefined || name === undefined) {
      await writeLine(io.stderr, fault ?? '');
      return 2;
    }
    const books = await openBooks('read', optionOf(args, '--data'));
    try {
      return await books.database.work.read(async (tx) => {
        const listing = await listingOf(tx, name);
        const replays = await replayAllocations(tx, listing, round === undefined ? undefined : Number(round));
        return report(listing, replays, args.includes('--json'), io);
      });
    } finally {
      await books.close();
    }
  },
};

/** What is wrong with how the command was called, in a sentence. */
function faultOf(name: string | undefined, round: string | undefined, isReplay: boolean): string | undefined {
  if (name === undefined) return '需要 --listing <编号> / --listing <number or id> is missing';
  if (round !== undefined && !/^[1-9]\d{0,8}$/.test(round)) return '--round 须为从 1 起的整数 / --round is a whole number from 1';
  if (!isReplay) return '分配由工作进程执行, 这里只能 --replay / allocating is done by the worker; here it can only be replayed: --replay';
  return undefined;
}

async function listingOf(tx: Tx, name: string): Promise<Listing> {
  const id = readPublicId('lst', name);
  if (id !== undefined) return readListing(tx, id);
  const [row] = await tx.query<{ id: Uuid }>('SELECT id FROM listing WHERE listing_no = upper($1)', [name]);
  if (row === undefined) throw new Refusal(listingRefusals.LISTING_NOT_FOUND);
  return readListing(tx, row.id);
}

/** @returns the exit code: 1 also when there is nothing to replay, because then nothing was shown to be right */
async function report(listing: Listing, { rounds, withoutReceipt }: Replays, isJson: boolean, io: CommandIo): Promise<number> {
  const isSame = rounds.length > 0 && withoutReceipt.length === 0 && rounds.every(({ differences }) => differences.length === 0);
  if (isJson) {
    await writeLine(
      io.stdout,
      JSON.stringify({ listingNo: listing.listing_no, reproduced: isSame, rounds: rounds.map(asJson), withoutReceipt }),
    );
    return isSame ? 0 : 1;
  }
  if (rounds.length === 0 && withoutReceipt.length === 0)
    await writeLine(io.stdout, `标的 ${listing.listing_no} 没有这样的分配 / listing ${listing.listing_no} has no such allocation`);
  for (const replay of rounds) await printRound(replay, io);
  for (const line of withoutReceipt) await writeLine(io.stdout, line);
  return isSame ? 0 : 1;
}

async function printRound({ receipt, differences }: Replay, { stdout }: CommandIo): Promise<void> {
  const verdict = differences.length === 0 ? '一致 reproduced' : `不一致 DIFFERS (${differences.length})`;
  await writeLine(
    stdout,
    `第 ${receipt.round} 轮 round ${receipt.round}: ${verdict}  ${OUTCOMES[receipt.outcome]}  规则 rule v${receipt.ruleVersion}, ${receipt.orders} 单 orders, ` +
      `分配 accepted ${receipt.accepted} of ${receipt.amount} fen  ${receipt.digest}`,
  );
  for (const difference of differences) await writeLine(stdout, `  ${difference}`);
}

const OUTCOMES: Readonly<Record<Replay['receipt']['outcome'], string>> = {
  allocated: '成立 allocated',
  sold_again: '余额再售 gap sold again',
  failed: '流标 failed',
};

function asJson({ receipt, differences }: Replay): object {
  const { round, ruleVersion, outcome, orders, digest, cause } = receipt;
  const amounts = { amountFen: Number(receipt.amount), acceptedFen: Number(receipt.accepted), gapFen: Number(receipt.gap) };
  return { round, ruleVersion, outcome, orders, ...amounts, canPart: receipt.canPart, digest, cause, differences };
}
