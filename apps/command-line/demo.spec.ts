import { PassThrough } from 'node:stream';
import { demoCommand } from './demo';

/** Runs the command as far as it can be run without a sandbox: what it says, and with which code it ends. */
async function said(...args: string[]): Promise<{ code: number; text: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await demoCommand.run(args, { stdin, stdout, stderr });
  stderr.end();
  let text = '';
  for await (const chunk of stderr) text += String(chunk);
  return { code, text };
}

describe('rongqiao demo', () => {
  it.each([
    ['--listings', '0'],
    ['--listings', '-1'],
    ['--listings', '2763'],
    ['--listings=1.5'],
    ['--investors', 'many'],
    ['--investors', ''],
    ['--investors', '20001'],
    ['--seed', '1e3'],
    ['--seed'],
  ])('refuses %s %s with a sentence, exit code 2', async (...args) => {
    const { code, text } = await said(...args.filter((arg) => arg !== undefined));
    expect(code).toBe(2);
    expect(text).toMatch(/must be a whole number from \d+ to \d+/);
  });

  it('refuses --data without a folder', async () => {
    expect(await said('--data')).toEqual({ code: 2, text: expect.stringContaining('needs a folder') as string });
  });
});
