import type { SimulatorOptions } from './configuration';
import type { PlatformAddress } from './bank';
import type { Session } from './database/connection';

/** Where the platform is: what the sandbox was told last, otherwise what it was started with. */
export async function platformAddress(session: Session, options: SimulatorOptions): Promise<PlatformAddress> {
  const [told] = await session.rows<{ notice_url: string | null; redirect_uris: string[] }>(
    'select notice_url, redirect_uris from platform_address',
  );
  return {
    noticeUrl: options.platformNoticeUrl ?? told?.notice_url ?? undefined,
    redirectUris: options.oidc.redirectUris.length > 0 ? options.oidc.redirectUris : (told?.redirect_uris ?? []),
  };
}

export async function keepPlatformAddress(session: Session, address: PlatformAddress): Promise<void> {
  await session.rows(
    `insert into platform_address (notice_url, redirect_uris) values ($1, $2)
     on conflict (one) do update set notice_url = excluded.notice_url, redirect_uris = excluded.redirect_uris`,
    [address.noticeUrl ?? null, JSON.stringify(address.redirectUris)],
  );
}
