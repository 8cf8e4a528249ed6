import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Uuid } from '#kernel/ids';

/** What an operator may be; the table's CHECK has the same list. Two levels of review are two roles, so that one person cannot be both by accident. */
export const OPERATOR_ROLES = ['reviewer_1', 'reviewer_2', 'operator', 'checker', 'auditor', 'administrator'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Table `operator`. */
@Entity('operator')
export class OperatorRow {
  @PrimaryColumn('uuid')
  id!: Uuid;

  @Column('text')
  login!: string;

  @Column('text')
  password_hash!: string;

  @Column('text', { array: true })
  roles!: OperatorRole[];

  @Column('boolean')
  disabled!: boolean;

  /** Attempts that were not proven right since the last good one. */
  @Column('int')
  failed_count!: number;

  @Column('timestamptz', { nullable: true })
  locked_until!: Date | null;

  @Column('timestamptz')
  recorded_at!: Date;

  @Column('timestamptz')
  changed_at!: Date;
}
