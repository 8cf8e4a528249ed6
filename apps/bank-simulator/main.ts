import { readConfiguration } from './configuration';
import { startBankSimulator } from './simulator';

/** The simulator as a process: environment in, `{ready, port}` to a parent, an orderly end on every way out. */
async function main(): Promise<void> {
  const configured = readConfiguration(process.env);
  if (!configured.ok) {
    process.stderr.write(`${configured.sentences.join('\n')}\n`);
    process.exitCode = 1;
    return;
  }
  const simulator = await startBankSimulator(configured.options);
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void simulator.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  process.on('disconnect', end);
  process.send?.({ ready: true, port: simulator.port });
  process.stdout.write(`bank simulator: ${simulator.url}\n`);
}

main().catch((reason: unknown) => {
  process.stderr.write(`bank simulator: it did not start: ${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exit(1);
});
