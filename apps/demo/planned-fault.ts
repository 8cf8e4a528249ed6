import type { Bank } from './bank';

/** A fault for the bank's plan, with what it is in words. */
export interface PlannedFault {
  readonly says: string;
  readonly plan: object;
}

/** What became of a planned fault. */
export interface FaultResult {
  readonly id: string;
  readonly says: string;
  readonly kind: string;
  readonly hits: number;
}

/** Every fault that was planned, under names of our own, so that each can be asked for at the end. */
export class FaultList {
  private readonly planned = new Map<string, string>();

  constructor(private readonly bank: Bank) {}

  async plan(...faults: readonly PlannedFault[]): Promise<void> {
    const named = faults.map(({ says, plan }) => {
      const id = `demo-${String(this.planned.size + 1).padStart(3, '0')}`;
      this.planned.set(id, says);
      return { id, ...plan };
    });
    await this.bank.planFaults(named);
  }

  /** How often each struck, as the bank counted. */
  async results(): Promise<FaultResult[]> {
    const counted = new Map((await this.bank.faults()).map((fault) => [fault.id, fault]));
    return [...this.planned].map(([id, says]) => ({ id, says, kind: counted.get(id)?.kind ?? '', hits: counted.get(id)?.hits ?? 0 }));
  }
}
