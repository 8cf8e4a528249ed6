/** A browser without a screen: follows redirects, keeps cookies per host, fills in forms. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** Goes to an address and on, until a page comes or the way leads to an address that begins with `stopAt`. */
  async visit(
    url: string,
    stopAt: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<{ url: string; response: Response | undefined }> {
    let next = new URL(url);
    let fields = form;
    for (let steps = 0; steps < 20; steps += 1) {
      if (next.href.startsWith(stopAt)) return { url: next.href, response: undefined };
      const response = await this.request(next, fields);
      const location = response.headers.get('location');
      if (location === null) return { url: next.href, response };
      next = new URL(location, next);
      fields = undefined;
    }
    throw new Error(`${url} led around in circles`);
  }

  private async request(url: URL, form: Readonly<Record<string, string>> | undefined): Promise<Response> {
    const jar = this.cookies.get(url.host) ?? new Map<string, string>();
    this.cookies.set(url.host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form === undefined ? undefined : new URLSearchParams(form);
    const response = await fetch(url, { method: form === undefined ? 'GET' : 'POST', redirect: 'manual', headers: { cookie }, body });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
}
