// Counts what a piece of work asks of WebGPU, whichever library does the asking.

export interface GpuCalls {
  readonly dispatches: number;
  readonly submits: number;
}

/** Runs `work` and counts its dispatches and submits, on every device of this page. */
export async function countGpuCalls(work: () => Promise<unknown>): Promise<GpuCalls> {
  const pass = GPUComputePassEncoder.prototype;
  const queue = GPUQueue.prototype;
  const { dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
  const { submit } = queue;
  let dispatches = 0;
  let submits = 0;
  pass.dispatchWorkgroups = function (...args) {
    dispatches++;
    return dispatchWorkgroups.apply(this, args);
  };
  pass.dispatchWorkgroupsIndirect = function (...args) {
    dispatches++;
    return dispatchWorkgroupsIndirect.apply(this, args);
  };
  queue.submit = function (commands) {
    submits++;
    return submit.call(this, commands);
  };
  try {
    await work();
  } finally {
    Object.assign(pass, { dispatchWorkgroups, dispatchWorkgroupsIndirect });
    Object.assign(queue, { submit });
  }
  return { dispatches, submits };
}
