import { generateKeyPairSync } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { RESPONSE, sign, signLines } from '#bank/wire';

/** A request as it came over the socket, whole. */
export interface RawRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly socket: Socket;
}

export interface AnswerParts {
  readonly httpStatus?: number;
  readonly requestNo?: string;
  readonly platformNo?: string;
  readonly timestamp?: string;
  readonly contentType?: string;
  readonly privateKeyPem?: string;
}

/** A bank of bytes: what it does with a request is a function of the test's, down to the last byte and the reset. */
export interface RawBank {
  readonly url: string;
  readonly credentials: { platformNo: string; keySerial: string; privateKeyPem: string; bankPublicKeyPem: string };
  readonly platformPublicKeyPem: string;
  /** Every whole request that came, in order. */
  readonly requests: RawRequest[];
  /** What happens with each service; a service without an entry is answered with HTTP 404. */
  readonly on: Map<string, (request: RawRequest) => void>;
  /** The bytes of a signed HTTP answer. */
  signed(request: RawRequest, body: string | Buffer, parts?: AnswerParts): Buffer;
  /** Sends a signed answer of the wire. */
  answer(request: RawRequest, fields: Record<string, unknown>, parts?: AnswerParts): void;
  close(): Promise<void>;
}

export const rawCapabilities = {
  holdModes: ['hold'],
  factors: 4,
  batchLimit: 3,
  partialRelease: true,
  timestampToleranceSeconds: 2,
  settleWindowSeconds: 3,
  dayCut: '23:00',
  requestsPerSecond: 10_000,
  accounts: { disbursement: 'D', repayment: 'R', advance: 'B', suspense: 'S', fee: 'F', marketing: 'M' },
};

export const rsaKeys = (): { privateKey: string; publicKey: string } =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

const bank = rsaKeys();
const platform = rsaKeys();

export async function rawBank(): Promise<RawBank> {
  const requests: RawRequest[] = [];
  const on: RawBank['on'] = new Map();
  const sockets = new Set<Socket>();
  const signed: RawBank['signed'] = (request, body, parts = {}) => {
    const { httpStatus = 200, timestamp = new Date().toISOString(), contentType = 'application/json' } = parts;
    const platformNo = parts.platformNo ?? request.headers['x-platform-no'] ?? '';
    const requestNo = parts.requestNo ?? request.headers['x-request-no'] ?? '';
    const lines = signLines({ method: RESPONSE, path: request.path, platformNo, requestNo, timestamp, body });
    const signature = sign(lines, parts.privateKeyPem ?? bank.privateKey);
    const head = [
      `HTTP/1.1 ${httpStatus} X`,
      `content-type: ${contentType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      ...[`x-platform-no: ${platformNo}`, `x-request-no: ${requestNo}`, `x-timestamp: ${timestamp}`, 'x-key-serial: B1'],
      `x-signature: ${signature}`,
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
  };
  const answer: RawBank['answer'] = (request, fields, parts) => {
    const requestNo = request.headers['x-request-no'];
    const nothing = { bankSerialNo: null, bankTime: null, bankDate: null, data: null };
    request.socket.write(signed(request, JSON.stringify({ requestNo, message: '', ...nothing, ...fields }), parts));
  };
  on.set('capabilities', (request) => answer(request, { status: 'SUCCEEDED', code: 'OK', data: rawCapabilities }));
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    readRequests(socket, (request) => {
      requests.push(request);
      const act = on.get(request.path.replace('/open/v1/', ''));
      if (act === undefined) socket.write('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      else act(request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { platformNo: 'P0001', keySerial: 'K1', privateKeyPem: platform.privateKey, bankPublicKeyPem: bank.publicKey },
    platformPublicKeyPem: platform.publicKey,
    requests,
    on,
    signed,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Cuts what comes into whole requests by their content-length. */
function readRequests(socket: Socket, whole: (request: RawRequest) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      );
      const length = Number(headers['content-length'] ?? 0);
      if (bytes.length < end + 4 + length) return;
      const body = bytes.toString('utf8', end + 4, end + 4 + length);
      bytes = bytes.subarray(end + 4 + length);
      whole({ path: first.split(' ')[1] ?? '', headers, body, socket });
    }
  });
}
