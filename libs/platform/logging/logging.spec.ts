import * as fc from 'fast-check';
import { Outage } from '#kernel/faults';
import { logger, redact, withRequestId } from './index';

function linesOf(write: (log: ReturnType<typeof logger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(logger('worker', { level: 'info', destination: { write: (line: string) => lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  it('names process, level, request and facts', () => {
    const [line] = linesOf((log) => withRequestId('req-1', () => log.info({ orderNo: 12n }, 'order admitted')));
    expect(line).toMatchObject({ process: 'worker', level: 'info', requestId: 'req-1', orderNo: '12', msg: 'order admitted' });
  });

  it('is not written below the level, and not at all in tests by default', () => {
    expect(linesOf((log) => log.debug({}, 'unseen'))).toEqual([]);
    const spy = jest.spyOn(process.stdout, 'write');
    logger('worker').error({}, 'unseen');
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  });

  it('tells an error with its cause, and none of its parameters', () => {
    const cause = Object.assign(new Error('duplicate key of 13812345678'), { code: '23505', parameters: ['110101199003070011'] });
    const [line] = linesOf((log) => log.error({ err: new Outage('the database failed', { cause }) }, 'failed'));
    expect(line).toMatchObject({
      err: { type: 'Outage', message: 'the database failed', cause: { code: '23505', message: 'duplicate key of ***' } },
    });
    expect(JSON.stringify(line)).not.toMatch(/110101199003070011|13812345678/);
  });
});

describe('redaction', () => {
  it('hides secrets and personal data by the name of the field, in every spelling', () => {
    expect(redact({ idNumber: 'x', id_number: 'x', 'ID-NUMBER': 'x', mobile: 'x', clientSecret: 'x', headers: { cookie: 'x' } })).toEqual({
      idNumber: '***',
      id_number: '***',
      'ID-NUMBER': '***',
      mobile: '***',
      clientSecret: '***',
      headers: { cookie: '***' },
    });
  });

  it('hides the name of a person and keeps the name of a job', () => {
    expect(redact({ job: { name: 'order.freeze' }, customer: { name: '张三', mobile: '13812345678' } })).toEqual({
      job: { name: 'order.freeze' },
      customer: { name: '***', mobile: '***' },
    });
  });

  it('hides ID, mobile and card numbers and passwords in the middle of text', () => {
    const text = '张三 11010119900307001X 13812345678 6222020200012345678 postgresql://app:hunter2@db/x';
    expect(redact({ text })).toEqual({ text: '张三 *** *** *** postgresql://app:***@db/x' });
  });

  it('ends for whatever it is given', () => {
    const circle: Record<string, unknown> = { list: Array.from({ length: 1000 }, () => 1) };
    circle['self'] = circle;
    expect(redact(circle)).toMatchObject({ self: '…' });
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withTypedArray: true }),
        (value) => JSON.stringify([redact(value)]).length > 0,
      ),
    );
  });
});
