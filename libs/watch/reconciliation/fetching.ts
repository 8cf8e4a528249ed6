import type { StatementFileName } from '#bank/port';
import { parseStatementFileName } from '#bank/wire';
import { Refusal } from '#kernel/faults';
import type { BusinessDate } from '#kernel/time';
import type { Tx, Work } from '#platform/database';
import type { ReconciliationConnection } from './connection';
import type { StatementType } from './copy-text';
import { downloadStatement } from './downloading';
import { loadStatements, rememberFault } from './loading';
import type { FetchedFile } from './loading';
import { reconciliationRefusals } from './reconciliation.refusals';
import { currentFiles, knownFiles, STATEMENT_TYPES } from './statement-files';
import type { KnownFile } from './statement-files';

/** What a look at the bank's list brought. */
export type Fetching =
  /** Every type has an accepted newest version. `news`: at least one was loaded just now. */
  { readonly kind: 'complete'; readonly news: boolean } | { readonly kind: 'waiting'; readonly why: string };

/**
 * Fetches what is new of a bank date: list, download, check, load. The newest version counts; when it is faulty or missing the day waits for the bank.
 * @param whenLoaded runs in the transaction that makes new files visible
 * @param known what was fetched before, when the caller knows
 */
export async function fetchStatements(
  work: Work,
  { bank, platformNo, temporaryFolder }: ReconciliationConnection,
  bankDate: BusinessDate,
  whenLoaded: (tx: Tx) => Promise<void>,
  known?: readonly KnownFile[],
): Promise<Fetching> {
  const before = known ?? (await work.read((tx) => knownFiles(tx, bankDate)));
  const wanted = chooseFiles(await bank.statements(bankDate), before, bankDate, platformNo);
  if (typeof wanted === 'string') return { kind: 'waiting', why: wanted };
  if (wanted.length === 0) return { kind: 'complete', news: false };
  const fetched = await Promise.all(
    wanted.map(async (file) => ({ file, download: await downloadStatement(bank, file.listed, temporaryFolder) })),
  );
  const files: FetchedFile[] = [];
  for (const { file, download } of fetched) {
    if (typeof download === 'string') await work.run((tx) => rememberFault(tx, file, download));
    else files.push({ ...file, download });
  }
  try {
    if (files.length < fetched.length) return { kind: 'waiting', why: `a file of ${bankDate} is not what the bank signed` };
    return await load(work, files, bankDate, whenLoaded);
  } finally {
    for (const file of files) await file.download.discard();
  }
}

async function load(
  work: Work,
  files: readonly FetchedFile[],
  bankDate: BusinessDate,
  whenLoaded: (tx: Tx) => Promise<void>,
): Promise<Fetching> {
  try {
    return await work.run(async (tx) => {
      await loadStatements(tx, files);
      if (currentFiles(await knownFiles(tx, bankDate)) === undefined) return { kind: 'waiting', why: 'a type of file is missing' };
      await whenLoaded(tx);
      return { kind: 'complete', news: true };
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== reconciliationRefusals.STATEMENT_REFUSED) throw error;
    const fault = `${error.details['fault']} at line ${error.details['lineNo']}`;
    const faulty = files.find((file) => file.name === error.details['file'])!;
    await work.run((tx) => rememberFault(tx, faulty, fault));
    return { kind: 'waiting', why: `${faulty.name} is refused: ${fault}` };
  }
}

type WantedFile = Omit<FetchedFile, 'download'> & { readonly listed: StatementFileName };

/** The files to download, or why there is nothing to do but wait. */
export function chooseFiles(
  listed: readonly StatementFileName[],
  known: readonly Pick<KnownFile, 'name' | 'sha256' | 'visible' | 'fault'>[],
  bankDate: BusinessDate,
  platformNo: string,
): readonly WantedFile[] | string {
  const wanted: WantedFile[] = [];
  for (const type of STATEMENT_TYPES) {
    const newest = newestOf(type, listed, bankDate, platformNo);
    if (newest === undefined) return `the bank has not written the ${type} file of ${bankDate}`;
    const seen = known.find((file) => file.name === newest.name && file.sha256 === newest.sha256);
    if (seen === undefined && known.some((file) => file.name === newest.name && file.visible)) {
      return `${newest.name} was written anew under the version that was accepted: only a new version may correct it`;
    }
    if (seen === undefined) wanted.push(newest);
    else if (seen.fault !== null) return `${newest.name} is refused: ${seen.fault}`;
  }
  return wanted;
}

/** A file that is named for another platform or another day is not ours, whatever list it stands in. */
function newestOf(
  type: StatementType,
  listed: readonly StatementFileName[],
  bankDate: BusinessDate,
  platformNo: string,
): WantedFile | undefined {
  const candidates = listed.flatMap((file) => {
    const name = parseStatementFileName(file.name);
    const isOurs = name?.type === type && name.bankDate === bankDate && name.platformNo === platformNo;
    return isOurs
      ? [{ name: file.name, bankDate, platformNo, type, version: name.version, bytes: file.bytes, sha256: file.sha256, listed: file }]
      : [];
  });
  return candidates.sort((a, b) => b.version - a.version)[0];
}
