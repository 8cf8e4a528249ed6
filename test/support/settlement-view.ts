import type { Settlement } from '#journey/settlement';
import type { Uuid } from '#kernel/ids';
import type { RaiseWorld } from './raise-world';

/** The settlement of a listing as it stands, whoever holds it. */
export async function readSettlement(world: RaiseWorld, listingId: Uuid): Promise<Settlement | undefined> {
  return (await world.rows<Settlement>('SELECT * FROM settlement WHERE listing_id = $1', [listingId]))[0];
}
