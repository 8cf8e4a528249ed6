import { Outage } from '#kernel/faults';
import type { Config } from '#platform/config';
import { LOGIN_CALLBACK_PATH } from '#platform/processes';
import { signOn } from '#registers/identity';
import type { SignOn } from '#registers/identity';

type AddressKeys = Pick<
  Config<'customer-api'>,
  'SANDBOX' | 'CUSTOMER_API_PUBLIC_URL' | 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET'
>;

/**
 * Where customers' browsers reach the customer API, and the one client of the bank's single sign-on that sends them back there. The address is the
 * configuration's and never a request's, whose Host anybody can write; only a sandbox without one takes the port on which it listens.
 */
export class PublicAddress {
  private door: { readonly url: string; readonly signOn: SignOn } | undefined;

  /** @throws Outage with one sentence when the issuer is not one that may be used */
  constructor(private readonly config: AddressKeys) {
    if (config.CUSTOMER_API_PUBLIC_URL !== undefined) this.door = this.doorAt(config.CUSTOMER_API_PUBLIC_URL);
  }

  /** Tells the port, which stands only when the api listens. */
  listeningOn(port: number): void {
    this.door ??= this.doorAt(`http://127.0.0.1:${port}`);
  }

  /** Without a slash at the end. @throws Outage while the address is not known */
  url(): string {
    return this.known().url;
  }

  /** @throws Outage while the address is not known */
  signOn(): SignOn {
    return this.known().signOn;
  }

  private known(): { readonly url: string; readonly signOn: SignOn } {
    if (this.door === undefined) throw new Outage('the customer API does not know its own address yet');
    return this.door;
  }

  private doorAt(url: string): { readonly url: string; readonly signOn: SignOn } {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret, SANDBOX: sandbox } = this.config;
    return { url, signOn: signOn({ issuer, clientId, clientSecret, sandbox, redirectUri: `${url}${LOGIN_CALLBACK_PATH}` }) };
  }
}
