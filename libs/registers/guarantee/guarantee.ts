import { connectedBank } from '#registers/bank-order';
import { Bug } from '#kernel/faults';
import type { Uuid } from '#kernel/ids';
import type { Fen } from '#kernel/money';
import type { BusinessDate } from '#kernel/time';
import type { Tx } from '#platform/database';
import { openAccounts } from '#registers/ledger';

/** Who pays when the borrower does not, and up to how much; amounts in fen. */
export interface GuaranteeDraft {
  readonly listingId: Uuid;
  readonly listingNo: string;
  readonly mode: 'insured' | 'channel';
  readonly institutionId: Uuid | null;
  readonly premium: Fen;
  /** Everything that the investors are owed: principal and interest. */
  readonly cover: Fen;
  readonly startsOn: BusinessDate;
  readonly endsOn: BusinessDate;
}

/** Account that pays an advance: the institution's own, in channel mode the bank's advance account. Its number as the bank knows it, and its ledger account. */
export async function guaranteePayer(
  tx: Tx,
  mode: 'insured' | 'channel',
  institutionId: Uuid | null,
): Promise<{ accountNo: string; accountId: Uuid }> {
  if (mode === 'channel') {
    const accountNo = connectedBank().capabilities.accounts.advance;
    const [accountId] = await openAccounts(tx, [{ kind: 'B', accountNo }]);
    return { accountNo, accountId: accountId! };
  }
  const [institution] = await tx.query<{ account_no: string }>('SELECT account_no FROM institution WHERE id = $1', [institutionId]);
  if (institution === undefined) throw new Bug('an insured listing names no institution');
  const [accountId] = await openAccounts(tx, [{ kind: 'I', accountNo: institution.account_no }]);
  return { accountNo: institution.account_no, accountId: accountId! };
}

/** Writes the guarantee of a listing, with the policy's number where an institution insures it. Writing it twice changes nothing. */
export async function openGuarantee(tx: Tx, draft: GuaranteeDraft): Promise<void> {
  const payer = await guaranteePayer(tx, draft.mode, draft.institutionId);
  await tx.execute(
    `INSERT INTO guarantee (listing_id, mode, institution_id, payer_account_id, premium_fen, policy_no, cover_fen, starts_on, ends_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (listing_id) DO NOTHING`,
    [
      draft.listingId,
      draft.mode,
      draft.mode === 'insured' ? draft.institutionId : null,
      payer.accountId,
      draft.premium,
      draft.mode === 'insured' ? `POL-${draft.listingNo}` : null,
      draft.cover,
      draft.startsOn,
      draft.endsOn,
    ],
  );
}

/** Takes an amount of the cover when an advance was paid; beyond the cover is refused by the table's CHECK. */
export async function useGuarantee(tx: Tx, listingId: Uuid, amount: Fen): Promise<void> {
  await tx.execute('UPDATE guarantee SET used_fen = used_fen + $2 WHERE listing_id = $1', [listingId, amount]);
}
