// Making a base from page to storage, with the CPU engine: in a browser, but without a GPU.

import { expect, it, vi } from 'vitest';
import { BASE_FILE, readBaseRecord } from '../../grpo/baseRecord.ts';
import { weightsHash } from '../../grpo/runIdentity.ts';
import { readCheckpoint } from '../../policy/checkpoint.ts';
import { openShelf, type Shelf } from '../policies/policies.testing.ts';
import type { PretrainPhase } from './store.ts';

/** Small and short. */
function beginner(steps = 6): Shelf {
  const tab = openShelf();
  tab.pretrain.change({ size: 'small', steps, seed: 5 });
  return tab;
}

const phaseIs = ({ pretrain }: Shelf, phase: PretrainPhase) =>
  vi.waitFor(() => expect(pretrain.getState().phase).toBe(phase), { timeout: 120_000, interval: 10 });

async function hashOf({ policies }: Shelf, id: string): Promise<string> {
  const { config, parameters } = readCheckpoint(await policies.files(id));
  return weightsHash(config, parameters);
}

it('learns, measures and stores a base, which can be saved and opened again', async () => {
  const tab = beginner();
  await tab.pretrain.begin();
  const { phase, made, lossNats, step, rates, failure } = tab.pretrain.getState();
  expect([phase, failure, step]).toEqual(['made', null, 6]);
  expect(lossNats).toHaveLength(6);
  expect(lossNats[5]!).toBeLessThan(lossNats[0]!);
  expect([...rates.values()][0]!.msPerStep).toBeGreaterThan(0);
  const { policy, measurement } = made!;
  expect(policy).toMatchObject({ name: 'Countdown, 6 steps, seed 5', task: 'countdown' });
  expect(policy.origin).toMatch(/^Pretrained here in 6 steps on Countdown .*: pass@1 .* of 64 held-out problems\.$/);
  expect(measurement).toMatchObject({ n: 16, prompts: 64 });
  expect(measurement!.pass16.mean).toBeGreaterThanOrEqual(measurement!.pass1.mean);
  const record = readBaseRecord((await tab.policies.files(policy.id)).get(BASE_FILE)!);
  expect(record).toMatchObject({ stepsTaken: 6, config: { task: 'countdown', seed: 5 }, figures: [{ n: 16, tau: 1 }] });

  await tab.shelf.refresh();
  expect(tab.shelf.getState().choices.own).toEqual([policy]);
  const { name, file } = (await tab.shelf.exportPolicy(policy.id))!;
  expect(name).toBe('Countdown-6-steps-seed-5.zip');
  // The task of its base.json counts, not the one that is asked for.
  const opened = await tab.shelf.open([{ path: name, file }], 'parity');
  expect(opened).toMatchObject({ kind: 'policy', policy: { task: 'countdown', name: 'Countdown-6-steps-seed-5' } });
  const [again] = (await tab.policies.list()).filter(({ id }) => id !== policy.id);
  expect(await hashOf(tab, again!.id)).toBe(await hashOf(tab, policy.id));
});

it('goes on after a stop as if it had not stopped, and keeps what is there if the reader wants', async () => {
  const unbroken = beginner(8);
  const stopWhenMeasuring = unbroken.pretrain.subscribe(({ phase, measured }) => {
    if (phase === 'keeping' && measured > 0) unbroken.pretrain.stop();
  });
  await unbroken.pretrain.begin();
  stopWhenMeasuring();
  expect(unbroken.pretrain.getState().made!.measurement).toBeNull();
  const expected = await hashOf(unbroken, unbroken.pretrain.getState().made!.policy.id);

  const tab = beginner(8);
  const stop = tab.pretrain.subscribe(({ step }) => step > 0 && tab.pretrain.stop());
  await tab.pretrain.begin();
  stop();
  await phaseIs(tab, 'stopped');
  const { step, lossNats } = tab.pretrain.getState();
  expect(step).toBeLessThan(8);
  expect(lossNats).toHaveLength(step);
  const keeping = tab.pretrain.keep();
  await vi.waitFor(() => expect(tab.pretrain.getState().measured).toBeGreaterThan(0), { timeout: 60_000 });
  tab.pretrain.stop();
  await keeping;
  const early = tab.pretrain.getState().made!;
  expect(early.policy.origin).toBe(
    `Pretrained here in ${step} of 8 steps on Countdown (three-numbers, seed 5); not measured.`,
  );
  expect(await hashOf(tab, early.policy.id)).not.toBe(expected);

  await tab.pretrain.goOn();
  await phaseIs(tab, 'made');
  const whole = tab.pretrain.getState();
  expect(whole.lossNats).toHaveLength(8);
  expect(await hashOf(tab, whole.made!.policy.id)).toBe(expected);
  tab.pretrain.reset();
  expect(tab.pretrain.getState()).toMatchObject({ phase: 'idle', made: null, step: 0, lossNats: [] });
});

it('measures how long a step is, forgets what was learned for it, and can be stopped', async () => {
  const tab = beginner(4000);
  await tab.pretrain.rate();
  const [rate] = [...tab.pretrain.getState().rates.values()];
  expect(rate!.tokensPerSecond).toBeGreaterThan(0);
  const rating = tab.pretrain.rate();
  tab.pretrain.stop();
  await rating;
  expect(tab.pretrain.getState()).toMatchObject({ phase: 'idle', failure: null });
  await expect(tab.client.call('pretrain/keep', { name: null })).rejects.toThrow(
    'Nothing was learned yet that could be kept.',
  );
});

it('says in one sentence what it cannot make', async () => {
  const tab = openShelf();
  tab.pretrain.change({ learningRate: 7 });
  await tab.pretrain.begin();
  expect(tab.pretrain.getState()).toMatchObject({
    phase: 'idle',
    failure: 'learningRate is not accepted: a number from 0 to 1 is needed.',
  });
});
