import { Refusal } from '#kernel/faults';
import { newId, type Uuid } from '#kernel/ids';
import { violatedConstraint, type Tx } from '#platform/database';
import { identityRefusals } from './identity.refusals';

/** An insurer 保险公司 or a guarantee company 担保公司, with its account at this bank. */
export interface Institution {
  readonly id: Uuid;
  readonly name: string;
  readonly kind: 'insurer' | 'guarantor';
  readonly accountNo: string;
  /** By what right its account is charged for an advance 垫付; null when there is none yet. */
  readonly advanceMandateNo: string | null;
}

export type NewInstitution = Omit<Institution, 'id'>;

/** @throws Refusal INSTITUTION_EXISTS for a name or an account that is known */
export async function registerInstitution(tx: Tx, { name, kind, accountNo, advanceMandateNo }: NewInstitution): Promise<Institution> {
  const id = newId();
  try {
    await tx.execute(`INSERT INTO institution (id, name, kind, account_no, advance_mandate_no) VALUES ($1, $2, $3, $4, $5)`, [
      id,
      name,
      kind,
      accountNo,
      advanceMandateNo,
    ]);
  } catch (error) {
    if (violatedConstraint(error) === undefined) throw error;
    throw new Refusal(identityRefusals.INSTITUTION_EXISTS);
  }
  return { id, name, kind, accountNo, advanceMandateNo };
}

/** @throws Refusal INSTITUTION_NOT_FOUND */
export async function institutionById(tx: Tx, id: Uuid): Promise<Institution> {
  const [institution] = await tx.query<Institution>(`${SELECT} WHERE id = $1`, [id]);
  if (institution === undefined) throw new Refusal(identityRefusals.INSTITUTION_NOT_FOUND);
  return institution;
}

/** All of them, by name. */
export async function institutions(tx: Tx): Promise<Institution[]> {
  return tx.query<Institution>(`${SELECT} ORDER BY name`);
}

const SELECT = `SELECT id, name, kind, account_no AS "accountNo", advance_mandate_no AS "advanceMandateNo" FROM institution`;
