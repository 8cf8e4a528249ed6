import { createHash } from 'node:crypto';
import { fen } from '#kernel/money';
import {
  balanceLine,
  creditLine,
  FAILURE_CODES,
  HEADER,
  NOTICE_KINDS,
  readStatement,
  servicePath,
  SERVICES,
  signLines,
  statementFile,
  statementFileName,
  transactionLine,
  verifySigned,
  type StatementEvent,
} from '#bank/wire';

// Platform and simulator share the codec of the wire. What is pinned here was made without it, so that a mistake in the codec, which
// both sides would make alike, cannot hide.

const publicKeyPem = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2c14Ka4O+RcSbkQv0/os
rgIsRrd0v1th1B3GPnrDqlX6edOTh6isXJmeUGUVXxsol5nKb1iYG1YKpUa7t04m
b7hXTPdaXoEYLliB7uUWEfGYeNDbd4JsG22IQpA/KYAFowpZ95+Ro03rcHrOYtAa
jnaD3oFdqBFva+5xfmYPtxYNKM99RBreZCFW+fTH52FQPlQSfKtLXIpGEWsQa3VQ
w+WNwlvOVitFE+EysYw8ZT7LIgvluiMZ+iS3kqUL/ulDdd2Cyx6bluOxb9yFzKRA
AvDSQAxOFwEP/bs9DSm+KAuzylAcfuwbUrsKR9IG+3ddBEi0eTdg5xZ41DqGHU0r
3QIDAQAB
-----END PUBLIC KEY-----
`;
const path = '/open/v1/holds/place';
const requestNo = '01JQ4Z5T8W9X0Y1Z2A3B4C5D6E';
const body = '{"accountNo":"6200000000001001","listingNo":"L1","orderNo":"10001","amount":"10000.00"}';
const answer = `{"requestNo":"${requestNo}","status":"SUCCEEDED","code":"OK","bankSerialNo":"B00000000000042","bankTime":"2022-09-01T09:00:00.000+08:00","bankDate":"2022-09-01","message":"交易成功","data":null}`;
const common = { 'x-platform-no': 'P0001', 'x-request-no': requestNo, 'x-key-serial': 'k1' };

describe('the bytes of the wire', () => {
  it('are signed as six lines', () => {
    const facts = { method: 'POST', path, platformNo: 'P0001', requestNo, timestamp: '2026-11-22T10:00:00.000+08:00', body };
    expect(signLines(facts)).toBe(
      `POST\n/open/v1/holds/place\nP0001\n${requestNo}\n2026-11-22T10:00:00.000+08:00\n23568554938baa63a1f725eb0e6a8f7533ec8b0b7a1abb697ee3c34a89459f34`,
    );
  });

  it('carry a signature that was made elsewhere, on a request and on its answer', () => {
    const request = {
      ...common,
      'x-timestamp': '2026-11-22T10:00:00.000+08:00',
      'x-signature':
        'e95j3IdMyjewvc5HVFCGy/KxILHd8NdBa2tmAZPKro6qXd+0R67XxREp0T+/ngGkeDTiTREjUJRkZI7afnE7jbPahQKh5Klwrurscfm2bPO5UTjbr/iyNPT9fRmtWVr/MuVQE8Ry/A7XxGgO/AslkVTZOVZcFG2oblnHfzVzzBTeDX3P9tuIm3VdD5hfLUeKEzQncgPgLg975Ez6al0Wd17rJssisNf9/kuBKwapsuWwnjHNW1f2oi9y/hJyQ4l+F8aR8+jjddSf90INdSqxK5DQtogGmwfLqE8OhgaFjiBvJxq4SQn7FpoGkS7mOBTubcq0pu1rGfPq4Y3KuETCLQ==',
    };
    expect(verifySigned(request, { direction: 'request', method: 'POST', path, body, publicKeyPem }).ok).toBe(true);
    const response = {
      ...common,
      'x-timestamp': '2026-11-22T10:00:00.120+08:00',
      'x-signature':
        'TlKgXsBbcl9JjknPJoQ4NMLMDLtOc8GcthXT9bbkb1o3BfwnVF7FvO7N7OAPzQ9JOB1/mKDL2kKWPG8ZugGkSoC1pK/klhtLJ/BTh6qN37oo/HUzfgt4qSzM+vceNIaMJIA2duul0Lf61FHN7FI45vZQ67t+dijPq85uCWCpid2zGNDyOUcMqV0ZR3jdfsfa734wGWAg01RkjYu9AROG1PQ1zSaKetj+TkTMFwWxvJGI6rMR4UGncaH6XFRqU+aYKx9yZf4KofDMVD4dZZoSJFiushShAVQ2TpqZ39TeXCN04WXR+eXP7cEBv/oBFUS7sKyWQa5S8R+VzBIzMyCg7A==',
    };
    expect(verifySigned(response, { direction: 'response', path, body: answer, publicKeyPem, requestNo }).ok).toBe(true);
    expect(verifySigned(response, { direction: 'request', method: 'POST', path, body: answer, publicKeyPem }).ok).toBe(false);
  });

  it('name the headers, paths and words of the page', () => {
    expect(Object.values(HEADER)).toEqual(['x-platform-no', 'x-request-no', 'x-timestamp', 'x-key-serial', 'x-signature']);
    expect(servicePath('batches/submit')).toBe('/open/v1/batches/submit');
    expect([...SERVICES].sort().join(' ')).toBe(
      'accounts/balance accounts/opening accounts/query accounts/top-up accounts/withdraw batches/query batches/submit capabilities credit-lines/move credit-lines/query debits/place debits/refund financings/apply holds/place holds/release listings/register listings/update mandates/query mandates/sign requests/close requests/query statements/confirm statements/download statements/list transfers/submit',
    );
    expect(FAILURE_CODES.join(' ')).toBe(
      'INSUFFICIENT_FUNDS ACCOUNT_NOT_FOUND ACCOUNT_CLOSED ACCOUNT_FROZEN JUDICIAL_FREEZE HOLD_NOT_FOUND HOLD_ALREADY_USED LIMIT_EXCEEDED LISTING_NOT_FOUND LISTING_STATE PARTY_NOT_ALLOWED MANDATE_MISSING MANDATE_LIMIT BATCH_TOTAL_MISMATCH BATCH_DUPLICATE_ITEM CNAPS_UNKNOWN CLOSED_HOURS CREDIT_LINE_EXCEEDED ADVANCE_DECLINED REQUEST_CLOSED',
    );
    expect(NOTICE_KINDS.join(' ')).toBe(
      'ACCOUNT_OPENED ACCOUNT_CHANGED MANDATE_CHANGED TOP_UP WITHDRAWAL WITHDRAWAL_BOUNCED BATCH_DONE TRANSFER_DONE TRANSFER_RETURNED INCOMING JUDICIAL_FREEZE FINANCING_SUBMITTED CREDIT_DECIDED STATEMENT_READY',
    );
  });
});

const lines = [
  'D|R1|I1|COLLECT|H1|B01|6201|9901|500.00|SUCCEEDED||2026-11-22T10:00:00.000+08:00|L1',
  'D|R1|I2|COLLECT|H2|B02|6202|9901|0.05|FAILED|ACCOUNT_FROZEN|2026-11-22T10:00:00.000+08:00|L1',
  'D|||TOP_UP||B03||6201|1234567.89|SUCCEEDED||2026-11-22T10:00:00.000+08:00|',
];
const before = `H|1|TRANSACTIONS|2026-11-22|P0001|1|2026-11-22T23:00:00.000+08:00\n${lines.join('\n')}\n`;
const golden = `${before}T|3|1235067.94|${createHash('sha256').update(before, 'utf8').digest('hex')}\n`;

describe('the bytes of a statement', () => {
  it('are written as on the page', () => {
    const time = '2026-11-22T10:00:00.000+08:00';
    const collect = { requestNo: 'R1', kind: 'COLLECT', toAccount: '9901', bankTime: time, listingNo: 'L1' } as const;
    const written = [
      { ...collect, itemNo: 'I1', refNo: 'H1', bankSerialNo: 'B01', fromAccount: '6201', amount: fen(50_000), status: 'SUCCEEDED', code: '' },
      { ...collect, itemNo: 'I2', refNo: 'H2', bankSerialNo: 'B02', fromAccount: '6202', amount: fen(5), status: 'FAILED', code: 'ACCOUNT_FROZEN' },
      {
        ...collect,
        requestNo: '',
        itemNo: '',
        kind: 'TOP_UP',
        refNo: '',
        bankSerialNo: 'B03',
        fromAccount: '',
        toAccount: '6201',
        amount: fen(123_456_789),
        status: 'SUCCEEDED',
        code: '',
        listingNo: '',
      },
    ] as const;
    const header = { type: 'TRANSACTIONS', bankDate: '2026-11-22', platformNo: 'P0001', version: 1, writtenAt: '2026-11-22T23:00:00.000+08:00' } as const;
    expect(statementFileName(header)).toBe('2026-11-22_P0001_TRANSACTIONS_1.txt');
    expect(statementFile(header, written.map(transactionLine), 123_506_794n).toString('utf8')).toBe(golden);
  });

  it('are read as on the page', async () => {
    const events: StatementEvent[] = [];
    for await (const event of readStatement([Buffer.from(golden)], { type: 'TRANSACTIONS' })) events.push(event);
    expect(events.map((event) => event.kind)).toEqual(['header', 'lines', 'end']);
    expect(events.at(-1)).toMatchObject({ count: 3, sumFen: 123_506_794n });
  });

  it('of balances and of credit have their fields in order', () => {
    expect(
      balanceLine({
        accountNo: '9901',
        listingNo: 'L1',
        kind: 'D',
        opening: fen(100),
        available: fen(150),
        held: fen(40),
        otherFrozen: fen(10),
        total: fen(200),
      }),
    ).toBe('D|9901|L1|D|1.00|1.50|0.40|0.10|2.00');
    expect(
      creditLine({
        requestNo: 'R9',
        moveNo: 'M1',
        financingNo: 'FN1',
        customerNo: 'C1',
        kind: 'DEDUCT',
        amount: fen(500),
        used: fen(600),
        frozen: fen(70),
        limit: fen(8000),
        bankSerialNo: 'B09',
        bankTime: '2026-11-22T10:00:00.000+08:00',
      }),
    ).toBe('D|R9|M1|FN1|C1|DEDUCT|5.00|6.00|0.70|80.00|B09|2026-11-22T10:00:00.000+08:00');
  });
});
