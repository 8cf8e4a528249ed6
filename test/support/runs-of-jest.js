'use strict';
// Run by jest before (note) and after (stop) a run. The database server of the tests serves every run of this clone: each run
// notes itself, and the last one to leave stops the server, if one was started at all. See database.ts.
const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const folder = resolve(__dirname, '../../.data/test');
const runs = join(folder, 'runs');

exports.note = () => {
  mkdirSync(runs, { recursive: true });
  writeFileSync(join(runs, String(process.pid)), '');
};

exports.stop = async () => {
  rmSync(join(runs, String(process.pid)), { force: true });
  if (readdirSync(runs).some(isAlive)) return;
  const data = join(readIfThere(join(folder, 'postgres', 'location')).trim() || join(folder, 'postgres'), 'data');
  const pid = Number(readIfThere(join(data, 'postmaster.pid')).split('\n')[0]);
  if (pid > 0 && commandOf(pid).includes(data)) process.kill(pid, 'SIGINT');
};

function isAlive(pid) {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    rmSync(join(runs, pid), { force: true });
    return false;
  }
}

function commandOf(pid) {
  if (process.platform === 'linux') return readIfThere(`/proc/${pid}/cmdline`);
  return require('node:child_process').spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
