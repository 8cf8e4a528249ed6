'use strict';
module.exports = require('./runs-of-jest.js').stop;
