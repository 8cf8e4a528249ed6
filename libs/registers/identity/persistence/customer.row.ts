import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Uuid } from '#kernel/ids';

/** Table `customer`. */
@Entity('customer')
export class CustomerRow {
  @PrimaryColumn('uuid')
  id!: Uuid;

  /** The bank's number for him, `sub` of the ID token. */
  @Column('text')
  customer_no!: string;

  @Column('text')
  kind!: 'personal' | 'enterprise';

  @Column('text', { nullable: true })
  name_sealed!: string | null;

  @Column('text', { nullable: true })
  name_masked!: string | null;

  @Column('text', { nullable: true })
  e_account_no!: string | null;

  @Column('text')
  e_account_status!: 'NONE' | 'OPENING' | 'ACTIVE' | 'FROZEN' | 'CLOSED';

  @Column('timestamptz')
  recorded_at!: Date;

  @Column('timestamptz')
  changed_at!: Date;
}
