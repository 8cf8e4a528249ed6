interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly why?: string;
}

const { verdictOf } = require('../../scripts/verdict.js') as { verdictOf(told: object | undefined, code: number): Verdict };

const fine = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 };

describe('the verdict on a kind of tests', () => {
  it('is fine when every test was run and passed', () => {
    expect(verdictOf(fine, 0)).toMatchObject({ passed: 3, failed: 0, why: undefined });
  });

  it.each([
    ['a test failed', { ...fine, numFailedTests: 1 }, 1],
    ['a test was skipped, although jest is content', { ...fine, numPendingTests: 1 }, 0],
    ['a test is only announced', { ...fine, numTodoTests: 1 }, 0],
    ['a suite did not start', { ...fine, numRuntimeErrorTestSuites: 1 }, 1],
    ['there is no test at all', { ...fine, numPassedTests: 0 }, 0],
    ['every test passed and jest ended badly', fine, 1],
    ['jest wrote nothing', undefined, 1],
  ])('is a failure when %s', (_what, told, code) => {
    expect(verdictOf(told, code).failed).toBe(1);
  });
});
