'use strict';
// A jest reporter that says nothing about what passes. Failures are written in full; on a terminal one line moves.
const { relative } = require('node:path');
const { progress } = require('./steps.js');

class FailuresOnly {
  onTestResult(test, result, { numPassedTests, numFailedTests, numTotalTestSuites, numPassedTestSuites, numFailedTestSuites }) {
    if (result.failureMessage) {
      progress.clear();
      process.stderr.write(`${relative(process.cwd(), test.path)}\n${result.failureMessage}\n`);
    }
    const suites = `${numPassedTestSuites + numFailedTestSuites}/${numTotalTestSuites} suites`;
    progress.show(`${test.context.config.displayName?.name ?? ''} ${suites}, ${numPassedTests} passed, ${numFailedTests} failed`);
  }

  onRunComplete() {
    progress.clear();
  }
}

module.exports = FailuresOnly;
