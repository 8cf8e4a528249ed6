#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const main = join(root, 'dist', 'apps', 'command-line', 'main.js');
if (!existsSync(main)) require(join(root, 'scripts', 'build.js')).build();

// A reader that has seen enough (`| head`) closes the pipe: that is no fault of ours.
process.stdout.on('error', (fault) => {
  if (fault.code !== 'EPIPE') throw fault;
  process.exit(0);
});

require(main)
  .main(process.argv.slice(2), { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr })
  .then((code) => {
    process.exitCode = code;
  });
