import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Interrupted, withInterrupt } from './interrupt.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  // Ends the test's wait instead of the process.
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('takes the signals of one keystroke, which arrive several times, for one', async () => {
  const run = withInterrupt(async (signal) => {
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    vi.advanceTimersByTime(200);
    process.emit('SIGINT');
    return 'saved';
  });
  await expect(run).rejects.toThrow(Interrupted);
  expect(process.exit).not.toHaveBeenCalled();
});

it('ends the process at a second Ctrl-C', async () => {
  const run = withInterrupt(async () => {
    process.emit('SIGINT');
    vi.advanceTimersByTime(2000);
    process.emit('SIGINT');
  });
  await expect(run).rejects.toThrow('exit 130');
});
