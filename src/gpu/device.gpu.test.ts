// Opening the GPU, what is said when it fails, and submits: order, read-back, and failures that must not look like zeros.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Gpu, openGpu } from './device.ts';
import { GpuError, type GpuFailure } from './errors.ts';
import type { Dispatch, Grid } from './kernel.ts';
import { part, type Slice } from './slice.ts';

/** The GpuError that `work` ends with. */
async function failureOf(work: () => unknown): Promise<GpuError> {
  try {
    await work();
  } catch (cause) {
    expect(cause).toBeInstanceOf(GpuError);
    return cause as GpuError;
  }
  throw new Error('It did not fail.');
}

async function expectFailure(work: () => unknown, failure: GpuFailure, message: RegExp): Promise<void> {
  const error = await failureOf(work);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain('\n');
  expect(error.failure).toBe(failure);
}

const ADD_ONE = `
@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) { if (id.x < arrayLength(&x)) { x[id.x] += 1u; } }`;

/** One dispatch that adds 1 to every word. */
async function addOne(gpu: Gpu, slice: Slice, grid: Grid | (() => Grid) = [1, 1, 1]): Promise<Dispatch> {
  const kernel = await gpu.kernel({ label: 'add one', code: ADD_ONE, bindings: ['write'] });
  return { kernel, group: gpu.bind(kernel, [slice]), grid };
}

const wordsOf = (bytes: ArrayBuffer | undefined) => [...new Uint32Array(bytes!)];

describe('openGpu', () => {
  it('says that there is no GPU when there is no adapter', async () => {
    const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
    await expectFailure(() => openGpu({ gpu: none }), 'no-adapter', /^WebGPU found no GPU here: .*\.$/);
  });

  it('passes on why no adapter could be looked for', async () => {
    const broken = { requestAdapter: () => Promise.reject(new Error('blocked by policy')) } as unknown as GPU;
    await expectFailure(
      () => openGpu({ gpu: broken }),
      'no-adapter',
      /^WebGPU could not look for a GPU \(Error: blocked by policy\)\.$/,
    );
  });

  it('passes on why the device did not open', async () => {
    // An adapter gives one device; asking it for another fails for real.
    const adapter = (await navigator.gpu.requestAdapter())!;
    (await adapter.requestDevice()).destroy();
    const used = { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
    await expectFailure(() => openGpu({ gpu: used }), 'no-device', /^The GPU refused to open \(.+\)\.$/);
  });

  it('asks for no more than the adapter has, and names it', async () => {
    const adapter = (await navigator.gpu.requestAdapter())!;
    const gpu = await openGpu();
    for (const limit of ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'] as const)
      expect(gpu.device.limits[limit]).toBeLessThanOrEqual(adapter.limits[limit]);
    expect(gpu.device.limits.maxStorageBufferBindingSize).toBe(
      Math.min(adapter.limits.maxStorageBufferBindingSize, 2 ** 31),
    );
    expect(gpu.adapter).not.toBe('');
    expect(gpu.has('subgroups')).toBe(adapter.features.has('subgroups'));
    gpu.destroy();
  });
});

describe('an open GPU', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu();
  });
  afterAll(() => gpu.destroy());
  afterEach(() => vi.restoreAllMocks());

  it('clears, runs, copies and reads in this order', async () => {
    const from = gpu.upload('from', Uint32Array.of(1, 2, 3, 4));
    const to = gpu.upload('to', Uint32Array.of(9, 9, 9, 9));
    const [first, second] = await gpu.submit({
      label: 'order',
      clear: [part(from, 0, 2)],
      dispatches: [await addOne(gpu, from)],
      copy: [{ from: part(from, 1, 2), to: part(to, 0, 2) }],
      read: [to, part(from, 3, 1)],
    });
    expect(wordsOf(first)).toEqual([1, 4, 9, 9]);
    expect(wordsOf(second)).toEqual([5]);
  });

  it('orders writes before the next submit, and keeps submits in flight apart', async () => {
    const slice = gpu.upload('counter', new Uint32Array(4));
    const dispatch = await addOne(gpu, slice);
    const answers = Array.from({ length: 12 }, (_, i) => {
      gpu.write(slice, Uint32Array.of(100 * i), 4);
      return gpu.submit({ label: `turn ${i}`, dispatches: [dispatch, dispatch], read: [slice] });
    });
    for (const [i, answer] of answers.entries()) {
      const [bytes] = await answer;
      expect(wordsOf(bytes)).toEqual([2 * i + 2, 100 * i + 2, 2 * i + 2, 2 * i + 2]);
    }
  });

  it('skips empty grids, asks for grids when it encodes, and counts', async () => {
    const slice = gpu.upload('counter', new Uint32Array(4));
    let groups = 0;
    const dispatch = await addOne(gpu, slice, () => [groups, 1, 1]);
    const { submits, dispatches } = gpu;
    await gpu.submit({ label: 'skipped', dispatches: [dispatch] });
    groups = 1;
    const [bytes] = await gpu.submit({ label: 'run', dispatches: [dispatch], read: [slice] });
    expect(wordsOf(bytes)).toEqual([1, 1, 1, 1]);
    expect([gpu.submits - submits, gpu.dispatches - dispatches]).toEqual([2, 1]);
  });

  it('refuses a grid that is too wide, and goes on', async () => {
    const slice = gpu.upload('counter', new Uint32Array(4));
    const wide = await addOne(gpu, slice, [65_536, 1, 1]);
    await expectFailure(
      () => gpu.submit({ label: 'wide', dispatches: [wide] }),
      'limit',
      /^add one: 65536 x 1 x 1 workgroups exceed 65 535 in one direction\.$/,
    );
    const [bytes] = await gpu.submit({ label: 'after', dispatches: [await addOne(gpu, slice)], read: [slice] });
    expect(wordsOf(bytes)).toEqual([1, 1, 1, 1]);
  });

  it('refuses a buffer that it cannot bind by name and size, and goes on', async () => {
    const most = Math.min(gpu.device.limits.maxBufferSize, gpu.device.limits.maxStorageBufferBindingSize);
    await expectFailure(
      () => gpu.storage('the whole world', most + 1),
      'limit',
      /^The buffer "the whole world" needs \d+ bytes, but this GPU binds at most \d+: choose a smaller model or batch\.$/,
    );
    expect(wordsOf(await gpu.read(gpu.upload('small', Uint32Array.of(7, 0, 0, 0))))).toEqual([7, 0, 0, 0]);
  });

  it('says in which line a kernel does not compile, and goes on', async () => {
    const code = ADD_ONE.replace('arrayLength(&x)', 'unheardOf');
    await expectFailure(
      () => gpu.kernel({ label: 'broken', code, bindings: ['write'] }),
      'invalid',
      /^The kernel "broken" does not compile: line 4: .*unheardOf/,
    );
    // Valid WGSL that does not fit its bindings is a failure of the kernel too.
    await expectFailure(
      () => gpu.kernel({ label: 'read only', code: ADD_ONE, bindings: ['read'] }),
      'invalid',
      /^The kernel "read only" does not compile: /,
    );
    const slice = gpu.upload('counter', new Uint32Array(4));
    const [bytes] = await gpu.submit({ label: 'after', dispatches: [await addOne(gpu, slice)], read: [slice] });
    expect(wordsOf(bytes)).toEqual([1, 1, 1, 1]);
  });

  it('compiles a text once, and refuses the wrong number of buffers', async () => {
    const spec = { label: 'add one', code: ADD_ONE, bindings: ['write'] } as const;
    const [kernel, same] = await Promise.all([gpu.kernel(spec), gpu.kernel({ ...spec, label: 'another name' })]);
    expect(same).toBe(kernel);
    await expectFailure(() => gpu.bind(kernel, []), 'invalid', /^add one binds 1 buffers, but got 0\.$/);
  });

  it('reuses its staging buffers, one for each submit in flight', async () => {
    const slice = gpu.upload('thing', Uint32Array.of(1, 2, 3, 4));
    await gpu.read(slice);
    const made = vi.spyOn(gpu.device, 'createBuffer');
    for (let i = 0; i < 20; i++) await gpu.read(slice);
    expect(made).toHaveBeenCalledTimes(0);
    for (let i = 0; i < 3; i++) await Promise.all(Array.from({ length: 6 }, () => gpu.read(slice)));
    expect(made.mock.calls.length).toBeLessThanOrEqual(5);
    const large = gpu.storage('large', 1 << 20);
    made.mockClear();
    for (let i = 0; i < 5; i++) await gpu.read(large);
    expect(made).toHaveBeenCalledTimes(1);
  });
});

describe('a submit that the GPU does not run', () => {
  it('is an error that says why, not zeros; and the first error stays', async () => {
    const gpu = await openGpu();
    const slice = gpu.upload('kept', Uint32Array.of(5, 5, 5, 5));
    const doomed = gpu.upload('doomed', Uint32Array.of(1, 1, 1, 1));
    const dispatch = await addOne(gpu, doomed);
    doomed.buffer.destroy();
    const work = () => gpu.submit({ label: 'dropped', dispatches: [dispatch], read: [slice] });
    await expectFailure(work, 'invalid', /^WebGPU: .*doomed/);
    await expectFailure(() => gpu.read(slice), 'invalid', /doomed/);
    gpu.destroy();
  });

  it('is an error when its commands are invalid', async () => {
    const gpu = await openGpu();
    const slice = gpu.upload('short', Uint32Array.of(5, 5, 5, 5));
    await expectFailure(() => gpu.submit({ label: 'too long', read: [part(slice, 0, 100)] }), 'invalid', /^WebGPU: /);
    gpu.destroy();
  });
});

describe('what another program does on the device', () => {
  it('is explained by what the device says of it, or else by itself', async () => {
    const gpu = await openGpu();
    const cause = new TypeError('nothing is here');
    expect(await gpu.explanationOf(cause)).toBe(cause);
    expect(gpu.failure).toBeNull();
    gpu.device.createBuffer({ size: gpu.device.limits.maxBufferSize + 4, usage: GPUBufferUsage.STORAGE });
    expect(await gpu.explanationOf(cause)).toMatchObject({
      failure: 'limit',
      message: expect.stringMatching(/buffer/i),
    });
    expect(gpu.failure).toMatchObject({ failure: 'limit' });
    gpu.destroy();
  });
});

describe('a lost device', () => {
  it('is announced in a sentence, and everything after fails with it', async () => {
    const gpu = await openGpu();
    const slice = gpu.upload('thing', Uint32Array.of(1, 2, 3, 4));
    const underWay = failureOf(() => gpu.read(slice));
    gpu.destroy();
    const sentence = await gpu.lost;
    expect(sentence).toMatch(/^The GPU device was closed(?: \(.*\))?\.$/);
    expect(await underWay).toMatchObject({ failure: 'lost', message: sentence });
    for (const work of [
      () => gpu.check(),
      () => gpu.read(slice),
      () => gpu.submit({ label: 'late' }),
      () => gpu.kernel({ label: 'add one', code: ADD_ONE, bindings: ['write'] }),
    ])
      expect(await failureOf(work)).toMatchObject({ failure: 'lost', message: sentence });
  });
});
