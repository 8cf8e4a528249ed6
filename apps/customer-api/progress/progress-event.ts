import type { RaiseProgress } from '#journey/investment';
import { saleOf } from '#journey/listing';
import { publicId } from '#kernel/ids';
import { fenToJson } from '#kernel/money';
import type { StreamEvent } from '#platform/http';

/** The progress of a raise as watchers see it; amounts in fen, shares in millionths. The last one of a raise says `isFinal`, and the stream ends after it. */
export function progressEvent(progress: RaiseProgress): StreamEvent {
  const { status, boughtPpm, remaining } = saleOf(progress, progress.business_date);
  return {
    id: String(progress.version),
    event: 'progress',
    data: {
      listingId: publicId('lst', progress.listing_id),
      state: progress.state,
      sale: status,
      boughtPpm,
      remainingFen: fenToJson(remaining),
      orders: Number(progress.orders),
      isFinal: isFinal(progress),
    },
  };
}

/** Whether nothing more will happen in the raise: it is allocated, failed, or was taken back. A door that is only shut may open again for a gap. */
export function isFinal({ state }: Pick<RaiseProgress, 'state'>): boolean {
  return state !== 'scheduled' && state !== 'raising' && state !== 'raised';
}
