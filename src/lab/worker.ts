// The engine's own thread: it samples at full speed whatever the page draws.

import type { FromWorker, ToWorker } from './protocol.ts';
import { Session } from './session.ts';

const say = (message: FromWorker) => self.postMessage(message);
const session = new Session((sentence) => say({ lost: sentence }));

self.addEventListener('message', async ({ data }: MessageEvent<ToWorker>) => {
  const { id, question } = data;
  try {
    say({ id, answer: await session.answer(question) });
  } catch (cause) {
    say({ id, refusal: cause instanceof Error ? cause.message : String(cause) });
  }
});
