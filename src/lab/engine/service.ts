import type { Service } from '../call.ts';
import type { EngineCalls } from './calls.ts';
import type { EngineHost } from './host.ts';

export function engineService(host: EngineHost): Service<EngineCalls> {
  return { 'engine/open': ({ baseUrl }) => host.open(baseUrl) };
}
