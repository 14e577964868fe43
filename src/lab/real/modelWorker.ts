// The Real model room's own thread: transformers.js, ONNX Runtime and our sampler on one GPUDevice. It is started for
// every model that is loaded and ended with it, so that memory that WebAssembly took is given back.

import type { FromWorker, Tell, ToWorker } from '../protocol.ts';
import { serve } from '../serve.ts';
import { realService } from './service.ts';

const say = (message: FromWorker) => self.postMessage(message);
const tell: Tell = (news, body) => say({ news, body });
const answer = serve(realService(tell), say);

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => answer(data));
