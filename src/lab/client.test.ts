// Both ends of the conversation, with a queue of structured clones between them in place of a worker.

import { describe, expect, it } from 'vitest';
import type { CallContext } from './call.ts';
import { LabClient } from './client.ts';
import type { EngineDescription } from './engine/calls.ts';
import type { FromWorker } from './protocol.ts';
import { serve } from './serve.ts';

const DESCRIPTION: EngineDescription = { backend: 'cpu', adapter: 'here', notice: null };

type Open = (input: { baseUrl: string }, context: CallContext<never>) => Promise<EngineDescription>;

function conversation(open: Open) {
  let client: LabClient;
  const say = (message: FromWorker) => queueMicrotask(() => client.receive(structuredClone(message)));
  const hear = serve({ 'engine/open': open }, say);
  client = new LabClient({ send: (message) => queueMicrotask(() => hear(structuredClone(message))), close: () => {} });
  return { client, say };
}

describe('a call', () => {
  it('is answered, and each with its own answer', async () => {
    const { client } = conversation(({ baseUrl }) => Promise.resolve({ ...DESCRIPTION, adapter: baseUrl }));
    const calls = ['a', 'b', 'c'].map((baseUrl) => client.call('engine/open', { baseUrl }));
    expect((await Promise.all(calls)).map(({ adapter }) => adapter)).toEqual(['a', 'b', 'c']);
  });

  it('is refused with the sentence that the service threw, even when it throws at once', async () => {
    const { client } = conversation(() => {
      throw new Error('There is no machine.');
    });
    await expect(client.call('engine/open', { baseUrl: '' })).rejects.toThrow('There is no machine.');
  });

  it('can be cancelled', async () => {
    const { client } = conversation(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const abort = new AbortController();
    const call = client.call('engine/open', { baseUrl: '' }, { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect(client.call('engine/open', { baseUrl: '' }, { signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('is refused when the worker is gone, before and after', async () => {
    const { client } = conversation(() => new Promise(() => {}));
    const waiting = client.call('engine/open', { baseUrl: '' });
    client.end('The engine stopped.');
    await expect(waiting).rejects.toThrow('The engine stopped.');
    await expect(client.call('engine/open', { baseUrl: '' })).rejects.toThrow('The engine stopped.');
  });
});

describe('news', () => {
  it('reaches those who listen, until they stop', async () => {
    const { client, say } = conversation(() => Promise.resolve(DESCRIPTION));
    const heard: string[] = [];
    const stop = client.on('engine/lost', (sentence) => heard.push(sentence));
    say({ news: 'engine/lost', body: 'one' });
    await client.call('engine/open', { baseUrl: '' });
    stop();
    say({ news: 'engine/lost', body: 'two' });
    await client.call('engine/open', { baseUrl: '' });
    expect(heard).toEqual(['one']);
  });
});
