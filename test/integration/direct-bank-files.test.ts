import { Outage } from '#kernel/faults';
import { rawCapabilities, rsaKeys } from '../support/raw-bank';
import { rawConnection } from '../support/raw-connection';

const raw = rawConnection();

describe('at start', () => {
  it('refuses a bank whose window breaks the rule', async () => {
    const data = { ...rawCapabilities, settleWindowSeconds: 2 };
    raw.bank.on.set('capabilities', (request) => raw.bank.answer(request, { status: 'SUCCEEDED', code: 'OK', data }));
    await expect(raw.connect()).rejects.toThrow(/settle window of 2 s/);
  });

  it('refuses a bank that is not the bank', async () => {
    await expect(raw.connect({ bankPublicKeyPem: rsaKeys().publicKey })).rejects.toThrow(Outage);
  });

  it('refuses to run when our clock leads by more than the window leaves room for', async () => {
    raw.bank.on.set('capabilities', (request) => {
      const timestamp = new Date(Date.now() - 900).toISOString();
      raw.bank.answer(request, { status: 'SUCCEEDED', code: 'OK', data: rawCapabilities }, { timestamp });
    });
    await expect(raw.connect()).rejects.toThrow(/our clock's lead/);
  });
});

describe('a file', () => {
  const bytes = Buffer.from('H|1|TRANSACTIONS|…\n'.repeat(20_000));
  const collect = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
    const all: Buffer[] = [];
    for await (const chunk of chunks) all.push(chunk);
    return Buffer.concat(all);
  };
  const file = { contentType: 'application/octet-stream' };

  it('comes as it is', async () => {
    raw.bank.on.set('statements/download', (request) => void request.socket.write(raw.bank.signed(request, bytes, file)));
    expect((await collect(await raw.direct.download('a.txt'))).equals(bytes)).toBe(true);
  });

  it('whose bytes were changed on the way ends in an outage', async () => {
    raw.bank.on.set('statements/download', (request) => {
      const answer = raw.bank.signed(request, bytes, file);
      answer[answer.length - 2] = 0x21;
      request.socket.write(answer);
    });
    await expect(collect(await raw.direct.download('a.txt'))).rejects.toThrow(/not what the bank has signed/);
  });

  it('that breaks off ends in an outage', async () => {
    raw.bank.on.set('statements/download', (request) => void request.socket.end(raw.bank.signed(request, bytes, file).subarray(0, -1)));
    await expect(collect(await raw.direct.download('a.txt'))).rejects.toThrow(Outage);
  });

  it('that stops coming ends in an outage', async () => {
    raw.bank.on.set('statements/download', (request) => void request.socket.write(raw.bank.signed(request, bytes, file).subarray(0, -1)));
    await expect(collect(await raw.direct.download('a.txt'))).rejects.toThrow(Outage);
  });

  it('that the bank does not have is refused with its code', async () => {
    raw.bank.on.set('statements/download', (request) => raw.bank.answer(request, { status: 'FAILED', code: 'NOT_FOUND' }));
    await expect(raw.direct.download('a.txt')).rejects.toMatchObject({ code: 'BANK_DECLINED', details: { code: 'NOT_FOUND' } });
  });
});
