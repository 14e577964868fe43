import { expect, it } from 'vitest';
import type { CrashOrder } from './crash.testing.ts';
import { filesOf, finishedStep, newLibrary, newRun, rolloutsOf } from './storage.testing.ts';

it('loses and doubles nothing when the tab dies in the midst of a write, ten times', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  await writer.close();
  let reported = -1;
  for (let crash = 0; crash < 10; crash++) {
    const from = (await library.get(writer.id)).step;
    const worker = new Worker(new URL('./crash.testing.ts', import.meta.url), { type: 'module' });
    // A different number of steps each time, and then a different moment within the next write.
    await new Promise<void>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => {
        reported = data;
        if (data >= from + (crash % 3)) setTimeout(resolve, crash * 2);
      };
      worker.postMessage({ database: library.database.name, run: writer.id, from } satisfies CrashOrder);
    });
    worker.terminate();

    const { writer: next } = await library.own(writer.id);
    const run = await library.get(writer.id);
    expect(run.state).toBe('running');
    expect(run.step).toBeGreaterThan(reported);
    const rows = await library.rows(writer.id);
    expect(rows).toEqual(Array.from({ length: run.step }, (_, step) => finishedStep(step).metrics));
    expect(await library.rolloutSteps(writer.id)).toEqual([...rows.keys()]);
    expect(await library.rollouts(writer.id, run.step - 1)).toEqual(rolloutsOf(run.step - 1));
    const save = await library.save(writer.id);
    expect(save).toMatchObject({ step: run.step, next: 'collect' });
    expect(save.files.get('config.json')).toEqual(filesOf(run.step).get('config.json'));
    for (const { step } of await library.checkpoints(writer.id))
      expect((await library.checkpointFiles(writer.id, step)).get('config.json')).toEqual(
        filesOf(step).get('config.json'),
      );
    await next.close();
  }
});
