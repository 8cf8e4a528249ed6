import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Where the provider keeps sessions, codes and tokens: in this process, without a bound on logins but with an end for each. */
export function adapters(clientOf: (clientId: string) => AdapterPayload | undefined): (model: string) => Adapter {
  const shelves = new Map<string, Shelf>();
  return (model) => {
    if (model === 'Client') return clientShelf(clientOf);
    const shelf = shelves.get(model) ?? new Shelf(shelves);
    shelves.set(model, shelf);
    return shelf;
  };
}

interface Kept {
  readonly payload: AdapterPayload;
  readonly endsAt: number;
}

const SWEEP_EVERY = 500;

class Shelf implements Adapter {
  private readonly kept = new Map<string, Kept>();
  private writes = 0;

  constructor(private readonly all: ReadonlyMap<string, Shelf>) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const endsAt = Number.isFinite(expiresIn) ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
    this.kept.set(id, { payload, endsAt });
    this.writes += 1;
    if (this.writes % SWEEP_EVERY === 0) this.sweep();
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const kept = this.kept.get(id);
    return kept === undefined || kept.endsAt < Date.now() ? undefined : kept.payload;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.findWhere((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.findWhere((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const kept = this.kept.get(id);
    if (kept !== undefined) kept.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.kept.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const shelf of this.all.values()) shelf.drop((payload) => payload.grantId === grantId);
  }

  private drop(isGone: (payload: AdapterPayload) => boolean): void {
    for (const [id, { payload }] of this.kept) if (isGone(payload)) this.kept.delete(id);
  }

  private findWhere(wanted: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const { payload, endsAt } of this.kept.values()) if (endsAt >= Date.now() && wanted(payload)) return payload;
    return undefined;
  }

  private sweep(): void {
    for (const [id, { endsAt }] of this.kept) if (endsAt < Date.now()) this.kept.delete(id);
  }
}

/** The one client, looked up anew each time: the platform's redirect addresses are told after the start. */
function clientShelf(clientOf: (clientId: string) => AdapterPayload | undefined): Adapter {
  const none = async (): Promise<undefined> => undefined;
  return {
    find: async (id) => clientOf(id),
    upsert: none,
    findByUid: none,
    findByUserCode: none,
    consume: none,
    destroy: none,
    revokeByGrantId: none,
  };
}
