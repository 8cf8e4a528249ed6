import { answersOf, run } from './testing/run';

const request = {
  id: 'a',
  principalFen: 1_000_000,
  annualRatePpm: 70_000,
  method: 'equal_instalments',
  term: { months: 12 },
  valueDate: '2026-11-22',
  dayCount: '30/360',
  workingDays: 'none',
  premiumPpm: 30_000,
  serviceFeePpm: 0,
  capPpm: 240_000,
};

const codes = (answers: readonly unknown[]): unknown[] =>
  answers.map((answer) => (answer as { error?: { code: string } }).error?.code ?? 'ok');

describe('rongqiao quote', () => {
  it('answers each line in order and ends with 0, whatever was wrong with some', async () => {
    const lines = [
      JSON.stringify(request),
      '',
      'x',
      '[]',
      '{"id":7}',
      '{"id":"u","nope":1}',
      JSON.stringify({ ...request, id: 9, principalFen: 1.5 }),
    ];
    const result = await run(['quote'], [lines.join('\n')]);
    const answers = answersOf(result);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(codes(answers)).toEqual([
      'ok',
      'JSON_INVALID',
      'JSON_INVALID',
      'REQUEST_NOT_AN_OBJECT',
      'FIELD_MISSING',
      'FIELD_UNKNOWN',
      'PRINCIPAL_INVALID',
    ]);
    expect(answers.map((answer) => (answer as { id: unknown }).id)).toEqual(['a', null, null, null, 7, 'u', 9]);
  });

  it('gives the examples of the cost gate', async () => {
    const [threeMonths, dayOne] = answersOf(
      await run(
        ['quote'],
        [
          `${JSON.stringify({ ...request, term: { months: 3 } })}\n${JSON.stringify({ ...request, premiumPpm: 5_000, premiumReturn: 'none' })}\n`,
        ],
      ),
    );
    expect(threeMonths).toMatchObject({ netDisbursementFen: 970_000, aprPpm: 256_068, cap: { within: false, worst: { kind: 'on_time' } } });
    expect(dayOne).toMatchObject({ cap: { within: false, worst: { kind: 'early', date: '2026-11-23' } } });
  });

  it('reads lines however they are cut, with or without a last end, in any script', async () => {
    const text = `${JSON.stringify({ ...request, id: '标的一' })}\r\n${JSON.stringify({ ...request, id: 'b' })}`;
    const bytes = Buffer.from(text);
    const whole = await run(['quote'], [text]);
    const cut = await run(['quote'], Array.from(text));
    expect(cut).toEqual(whole);
    expect(codes(answersOf(whole))).toEqual(['ok', 'ok']);
    expect(bytes.length).toBeGreaterThan(text.length);
    expect((answersOf(whole)[0] as { id: string }).id).toBe('标的一');
  });

  it('answers nothing to nothing', async () => {
    expect(await run(['quote'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('keeps order over many lines and waits for a slow reader', async () => {
    const lines = Array.from({ length: 500 }, (_, id) => `${JSON.stringify({ ...request, id })}\n`);
    const answers = answersOf(await run(['quote'], lines));
    expect(answers.map((answer) => (answer as { id: number }).id)).toEqual(lines.map((_, id) => id));
  });

  it('survives JSON that is nested without end', async () => {
    expect(codes(answersOf(await run(['quote'], ['['.repeat(1_000_000)])))).toEqual(['JSON_INVALID']);
  });
});
