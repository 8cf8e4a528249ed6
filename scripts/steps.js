'use strict';
// Runs commands and keeps what they say: quiet while all is well, everything when a step fails, a moving line on a terminal.
const { spawn } = require('node:child_process');
const { resolve } = require('node:path');

const root = resolve(__dirname, '..');

/** A line that is overwritten on a terminal, and that says nothing in a pipe. */
const progress = {
  show(text) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 100) - 1)}`);
  },
  clear() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  },
};

/** Runs one command to its end, or to its limit. Resolves to {code, output, seconds}; never rejects. */
function run({ command, args, environment = {}, limitSeconds = 600, onLine = () => undefined }) {
  const started = process.hrtime.bigint();
  const output = [];
  return new Promise((finish) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => {
      output.push(`\nended after its limit of ${limitSeconds} s\n`);
      child.kill('SIGTERM');
    }, limitSeconds * 1000);
    const take = (chunk) => {
      output.push(chunk);
      for (const line of chunk.toString().split('\n')) if (line.trim() !== '') onLine(line.trim());
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const end = (code) => {
      clearTimeout(limit);
      finish({ code, output: output.join(''), seconds: Number(process.hrtime.bigint() - started) / 1e9 });
    };
    child.on('error', (error) => {
      output.push(error.message);
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** Runs steps, at most `width` at a time, in their order; tells after each one. */
async function runSteps(steps, { width, onStep }) {
  const waiting = [...steps];
  const running = new Set();
  const results = [];
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      running.add(step.name);
      progress.show(`${results.length}/${steps.length} done, running ${[...running].join(' and ')}`);
      const result = { name: step.name, ...(await run(step)) };
      running.delete(step.name);
      results.push(result);
      onStep(result);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  progress.clear();
  return results;
}

module.exports = { progress, root, run, runSteps };
