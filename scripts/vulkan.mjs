// The environment in which Dawn (the `webgpu` package in Node) finds a Vulkan driver on Linux.
//
// Both variables are read when a process starts, so whoever needs them starts a process of its own.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findSwiftShader } from './chromium.mjs';
import { ROOT } from './setup.mjs';

/** Exits 0 when Dawn has an adapter. `instance` stays referenced until then, or Dawn crashes. */
const PROBE = `
const { create } = await import('webgpu');
const instance = create([]);
const adapter = await instance.requestAdapter();
process.exit(adapter !== null && instance ? 0 : 1);`;

const PROBE_LIMIT_MS = 30_000;

function hasAdapter(env) {
  const options = { cwd: ROOT, env, stdio: 'ignore', timeout: PROBE_LIMIT_MS };
  return spawnSync(process.execPath, ['--input-type=module', '-e', PROBE], options).status === 0;
}

/**
 * The environment for a process that wants WebGPU: as it is where a real driver answers, else with the SwiftShader of a
 * Chromium that is there. Other systems have their driver built in.
 */
export function vulkanEnvironment() {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES || hasAdapter(process.env)) return process.env;
  const icd = findSwiftShader();
  if (icd === null) return process.env;
  // The Vulkan loader itself may be only in the browser's folder.
  const libraries = [process.env.LD_LIBRARY_PATH, path.dirname(icd)].filter(Boolean).join(':');
  return { ...process.env, VK_ICD_FILENAMES: icd, LD_LIBRARY_PATH: libraries };
}
