/** Redirects that one visit may take; a login takes five. */
const MOST_STEPS = 15;

/** A customer's browser without a screen: follows redirects, keeps cookies per host, sends forms. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** Goes to an address, and on until a page comes. `fields` are typed into the form of the first page. */
  async visit(address: string, fields?: Readonly<Record<string, string>>): Promise<{ url: string; status: number; text: string }> {
    let next = new URL(address);
    let form = fields;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const response = await this.request(next, form);
      const location = response.headers.get('location');
      const text = await response.text();
      if (location === null) return { url: next.href, status: response.status, text };
      next = new URL(location, next);
      form = undefined;
    }
    throw new Error(`浏览器被反复重定向 ${address} led around in circles`);
  }

  /** The `Cookie` header for an address. */
  cookieFor(address: string): string {
    return [...this.jarOf(new URL(address))].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private async request(url: URL, form: Readonly<Record<string, string>> | undefined): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: this.cookieFor(url.href) },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    const jar = this.jarOf(url);
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(';')[0] ?? '';
      const at = pair.indexOf('=');
      if (pair.slice(at + 1) === '') jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  private jarOf(url: URL): Map<string, string> {
    const jar = this.cookies.get(url.host) ?? new Map<string, string>();
    this.cookies.set(url.host, jar);
    return jar;
  }
}
