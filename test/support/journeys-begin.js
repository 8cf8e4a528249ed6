'use strict';
// Run by jest before the journeys: they start the real processes, which run from dist/.
const { build } = require('../../scripts/build.js');
const { note } = require('./runs-of-jest.js');

module.exports = () => {
  build();
  note();
};
