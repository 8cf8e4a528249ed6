'use strict';
// What jest's own counts mean here: a test that was not run, a suite that did not start and a kind without tests are failures.

/**
 * @param {object | undefined} told what jest wrote with --json; undefined when it ended before it could write
 * @param {number} code exit status of jest
 * @returns {{passed: number, failed: number, notRun: number, why: string | undefined}} `why` names what is wrong besides failed tests
 */
function verdictOf(told, code) {
  if (told === undefined) return { passed: 0, failed: 1, notRun: 0, why: 'jest ended before it could write its results' };
  const notRun = told.numPendingTests + told.numTodoTests;
  const counted = told.numFailedTests + told.numRuntimeErrorTestSuites + notRun;
  const passed = told.numPassedTests;
  if (counted > 0) return { passed, failed: counted, notRun, why: notRun > 0 ? `${notRun} tests were not run` : undefined };
  if (passed === 0) return { passed, failed: 1, notRun, why: 'there is no test of this kind' };
  if (code !== 0) return { passed, failed: 1, notRun, why: `every test passed, but jest ended with ${code}` };
  return { passed, failed: 0, notRun, why: undefined };
}

module.exports = { verdictOf };
