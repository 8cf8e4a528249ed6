import { run } from './testing/run';

describe('rongqiao', () => {
  it('lists its commands, for people and as JSON', async () => {
    const { code, stdout } = await run([]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/quote.*试算/);
    const json = JSON.parse((await run(['--json'])).stdout) as { commands: { name: string }[] };
    expect(json.commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['quote', 'split']));
  });

  it.each(['nope', 'constructor', '../main', 'command'])('does not know "%s": a sentence, and exit 2', async (name) => {
    const { code, stdout, stderr } = await run([name]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`there is no command "${name}"`);
    expect(stderr).toContain('没有命令');
  });

  it('does not know an option: a sentence, and exit 2', async () => {
    expect(await run(['quote', '--fast'])).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['--fast'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.each(['quote', 'split'])('%s --help speaks both languages, and JSON', async (name) => {
    const { code, stdout } = await run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^rongqiao ${name} `));
    expect(stdout).toMatch(/\p{Script=Han}/u);
    expect(JSON.parse((await run([name, '--help', '--json'])).stdout)).toMatchObject({
      name,
      options: [{ flag: '--help' }, { flag: '--json' }],
    });
  });
});
