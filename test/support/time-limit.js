'use strict';
// How long one test may take. jest reads `testTimeout` from the top of its configuration only, the kinds of test have limits of
// their own: each kind gives its limit as a global.
jest.setTimeout(TEST_LIMIT_MS);
