// The engine's own thread: it samples and trains at full speed whatever the page draws.

import { EngineHost } from './engine/host.ts';
import { engineService } from './engine/service.ts';
import type { FromWorker, Tell, ToWorker } from './protocol.ts';
import { serve } from './serve.ts';

const say = (message: FromWorker) => self.postMessage(message);
const tell: Tell = (news, body) => say({ news, body });

const host = new EngineHost(tell);
const answer = serve({ ...engineService(host) }, say);

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => answer(data));
