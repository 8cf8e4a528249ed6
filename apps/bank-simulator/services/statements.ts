import { z } from 'zod';
import { signatureFileName, type StatementFileEntry, type StatementType } from '#bank/wire';
import { failed, succeeded, undecided } from '../answers';
import { acting, reading } from './service';
import { date } from './shapes';

const fileName = z.string().max(120);

interface FileRow {
  readonly name: string;
  readonly type: StatementType;
  readonly version: number;
  readonly size: number;
  readonly sha256: string;
  readonly signature: string;
}

/** The files of a bank date that are there by now, every version of them. */
export const statementsList = reading('statements/list', z.strictObject({ bankDate: date }), async (session, bank, body) => {
  const rows = await session.rows<FileRow>(
    `select name, type, version, length(bytes) as size, sha256, signature from statement
     where bank_date = $1 and published order by type, version`,
    [body.bankDate],
  );
  const files = rows.map(({ name, type, version, size, sha256, signature }): StatementFileEntry => {
    return { name, type, version, bytes: size, sha256, signature };
  });
  return succeeded({ bankDate: body.bankDate, files }, bank.clock.now());
});

/** The bytes of a file, or of the signature that lies beside it. */
export const statementsDownload = reading('statements/download', z.strictObject({ name: fileName }), async (session, _bank, body) => {
  const isSignature = body.name.endsWith('.sig');
  const name = isSignature ? body.name.slice(0, -signatureFileName('').length) : body.name;
  const [row] = await session.rows<{ bytes: Buffer; signature: string }>(
    'select bytes, signature from statement where name = $1 and published',
    [name],
  );
  if (row === undefined) return undecided('NOT_FOUND');
  return { bytes: isSignature ? Buffer.from(row.signature, 'utf8') : row.bytes };
});

/** The platform's result of a day, by the digest of the very file that it worked on. */
export const statementsConfirm = acting(
  'statements/confirm',
  z.strictObject({ name: fileName, sha256: z.string().regex(/^[0-9a-f]{64}$/), result: z.enum(['CLEAN', 'ADJUSTED', 'OPEN']) }),
  async ({ tx, bank, requestNo }, body) => {
    const moment = bank.clock.now();
    const [file] = await tx.rows<{ sha256: string }>('select sha256 from statement where name = $1 and published', [body.name]);
    if (file === undefined || file.sha256 !== body.sha256) return failed('PARTY_NOT_ALLOWED', moment);
    await tx.rows('insert into confirmation (request_no, name, sha256, result) values ($1, $2, $3, $4)', [
      requestNo,
      body.name,
      body.sha256,
      body.result,
    ]);
    return succeeded({}, moment);
  },
);
