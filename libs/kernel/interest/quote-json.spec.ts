import { publishedCalendar } from '#kernel/time';
import { quote } from './quote';
import { isId, quoteAnswer, readQuoteRequest } from './quote-json';

const request = {
  id: 'q1',
  principalFen: 1_000_000,
  annualRatePpm: 70_000,
  method: 'equal_instalments',
  term: { months: 3 },
  valueDate: '2026-11-22',
  dayCount: '30/360',
  workingDays: 'none',
  premiumPpm: 30_000,
  serviceFeePpm: 0,
  capPpm: 240_000,
};

const read = (value: unknown): ReturnType<typeof readQuoteRequest> => readQuoteRequest(value, publishedCalendar);

it('answers in whole fen and millionths', () => {
  const { id, terms } = read(request);
  expect(quoteAnswer(id, quote(terms))).toEqual({
    id: 'q1',
    instalments: [
      { no: 1, dueDate: '2026-12-22', principalFen: 331_397, interestFen: 5_833, totalFen: 337_230, balanceFen: 668_603 },
      { no: 2, dueDate: '2027-01-22', principalFen: 333_330, interestFen: 3_900, totalFen: 337_230, balanceFen: 335_273 },
      { no: 3, dueDate: '2027-02-22', principalFen: 335_273, interestFen: 1_956, totalFen: 337_229, balanceFen: 0 },
    ],
    totals: { principalFen: 1_000_000, interestFen: 11_689, totalFen: 1_011_689 },
    netDisbursementFen: 970_000,
    aprPpm: 256_068,
    xirrPpm: 287_512,
    cap: { within: false, worst: { kind: 'on_time', date: '2027-02-22', aprPpm: 256_068 } },
  });
});

it('fills in what may be left out', () => {
  expect(read(request).terms).toMatchObject({
    premiumReturn: 'by_days',
    feeReturn: 'by_days',
    earlyFromDay: 1,
    graceDays: 3,
    penaltyPpmPerDay: 0,
  });
});

it.each<[string, unknown, string]>([
  ['no object', [request], 'REQUEST_NOT_AN_OBJECT'],
  ['nothing', null, 'REQUEST_NOT_AN_OBJECT'],
  ['text', 'quote', 'REQUEST_NOT_AN_OBJECT'],
  ['an id that is no name', { ...request, id: {} }, 'ID_INVALID'],
  ['an empty id', { ...request, id: '' }, 'ID_INVALID'],
  ['no id', { ...request, id: undefined }, 'FIELD_MISSING'],
  ['a field nobody knows', { ...request, premium: 1 }, 'FIELD_UNKNOWN'],
  ['no cap', { ...request, capPpm: undefined }, 'FIELD_MISSING'],
  ['principal 0', { ...request, principalFen: 0 }, 'PRINCIPAL_INVALID'],
  ['a negative principal', { ...request, principalFen: -1 }, 'PRINCIPAL_INVALID'],
  ['a broken principal', { ...request, principalFen: 0.5 }, 'PRINCIPAL_INVALID'],
  ['a principal in text', { ...request, principalFen: '1000000' }, 'PRINCIPAL_INVALID'],
  ['a principal beyond the limit', { ...request, principalFen: 100_000_000_000_001 }, 'PRINCIPAL_INVALID'],
  ['a principal beyond the safe integers', { ...request, principalFen: 1e20 }, 'PRINCIPAL_INVALID'],
  ['a negative rate', { ...request, annualRatePpm: -1 }, 'RATE_INVALID'],
  ['a rate above 100 %', { ...request, annualRatePpm: 1_000_001 }, 'RATE_INVALID'],
  ['an unknown method', { ...request, method: 'balloon' }, 'CHOICE_UNKNOWN'],
  ['an inherited method', { ...request, method: 'toString' }, 'CHOICE_UNKNOWN'],
  ['no months', { ...request, term: { months: 0 } }, 'TERM_INVALID'],
  ['months and days', { ...request, term: { months: 3, days: 3 } }, 'TERM_INVALID'],
  ['a bare term', { ...request, term: 3 }, 'TERM_INVALID'],
  ['a day that is none', { ...request, valueDate: '2026-02-30' }, 'DATE_INVALID'],
  ['a date as a number', { ...request, valueDate: 20261122 }, 'DATE_INVALID'],
  ['an unknown day count', { ...request, dayCount: 'ACT/ACT' }, 'CHOICE_UNKNOWN'],
  ['an unknown rule', { ...request, workingDays: 'preceding' }, 'CHOICE_UNKNOWN'],
  ['a premium above the principal', { ...request, premiumPpm: 1_000_001 }, 'RATE_INVALID'],
  ['null where a rule is wanted', { ...request, premiumReturn: null }, 'CHOICE_UNKNOWN'],
  ['day 0', { ...request, earlyFromDay: 0 }, 'DAYS_INVALID'],
  ['a grace without end', { ...request, graceDays: 61 }, 'DAYS_INVALID'],
  ['a penalty that is no rate', { ...request, penaltyPpmPerDay: 0.5 }, 'RATE_INVALID'],
])('refuses %s', (_, value, code) => {
  expect(() => read(value)).toThrow(expect.objectContaining({ code }));
});

it('names the first fault in the order of its documentation', () => {
  const wrong = { unknown: 1, principalFen: 0, annualRatePpm: -1, method: 'x', term: 0, valueDate: '', dayCount: '' };
  const rest = { workingDays: '', premiumPpm: -1, serviceFeePpm: -1, capPpm: -1 };
  const codes: string[] = [];
  let value: Record<string, unknown> = { id: {}, ...wrong };
  const repairs: Record<string, unknown>[] = [
    { id: 'a' },
    { unknown: undefined },
    rest,
    ...Object.entries(request).map(([key, good]) => ({ [key]: good })),
  ];
  for (const repair of repairs) {
    try {
      read(value);
    } catch (fault) {
      codes.push((fault as { code: string }).code);
    }
    value = { ...value, ...repair };
    if ('unknown' in repair) delete value['unknown'];
  }
  expect([...new Set(codes)]).toEqual([
    'ID_INVALID',
    'FIELD_UNKNOWN',
    'FIELD_MISSING',
    'PRINCIPAL_INVALID',
    'RATE_INVALID',
    'CHOICE_UNKNOWN',
    'TERM_INVALID',
    'DATE_INVALID',
  ]);
});

it('knows names', () => {
  expect(['a', 7, 'x'.repeat(200)].every(isId)).toBe(true);
  expect(['', 'x'.repeat(201), 1.5, null, undefined, {}].some(isId)).toBe(false);
});
