// Loading a model and its tokenizer through transformers.js, from the hub, from a folder on disk, or from memory.

import { AutoModelForCausalLM, AutoTokenizer, type PreTrainedModel } from '@huggingface/transformers';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { readGenerationConfig } from '../policy/generationConfig.ts';
import { Turns } from '../policy/turns.ts';
import { CpuMachine } from './cpuMachine.ts';
import { readGraph } from './decoderGraph.ts';
import { describeShelf, graphPlace, shelfOf } from './describeModel.ts';
import { inWords } from './failures.ts';
import { type FileShelf, readText } from './fileShelf.ts';
import { GpuMachine } from './gpuMachine.ts';
import { LlmError } from './llmError.ts';
import { type LoadedModel, ModelSession } from './modelSession.ts';
import { loadSessions, mount, type ort } from './runtime.ts';
import type { DtypeChoice, LlmSession, LoadOptions, LoadProgress, ModelDescription, ModelSource } from './session.ts';

/** What ONNX Runtime asks for when it opens a device itself: its kernels are chosen by these. */
const RUNTIME_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBuffersPerShaderStage',
  'maxBindGroups',
] as const;

/** transformers.js and the runtime under it have one state for all loads. */
const turns = new Turns();

/**
 * Loads a model. A failed or cancelled load leaves nothing behind but what the browser's cache keeps of the hub.
 * @throws LlmError; the signal's reason
 */
export function loadModel(source: ModelSource, options: LoadOptions): Promise<LlmSession> {
  return turns.take(async () => {
    try {
      return await load(source, options);
    } catch (cause) {
      options.signal?.throwIfAborted();
      throw inWords(cause, (line) => new LlmError('files', `The model cannot be loaded (${line}).`, { cause }));
    }
  });
}

async function load(source: ModelSource, options: LoadOptions): Promise<LlmSession> {
  const { dtype, device, signal } = options;
  const shelf = shelfOf(source);
  const description = await describeShelf(shelf, signal);
  const choice = description.dtypes.find((known) => known.dtype === dtype);
  if (choice === undefined)
    throw new LlmError(
      'files',
      `"${shelf.name}" is not there as ${dtype}, but as ${description.dtypes.map((known) => known.dtype).join(', ')}.`,
    );
  const gpu = device === 'webgpu' ? await openGpu({ highest: RUNTIME_LIMITS }) : null;
  let model: PreTrainedModel | null = null;
  const files = mount(watched(shelf, choice, options));
  try {
    if (gpu !== null && (dtype === 'fp16' || dtype === 'q4f16') && !gpu.has('shader-f16'))
      throw new LlmError('device', `This GPU has no 16-bit floats, which ${dtype} needs: choose q4 or fp32.`);
    const tokenizer = await AutoTokenizer.from_pretrained(files.id).catch((cause: unknown) => {
      throw inWords(
        cause,
        (line) => new LlmError('tokenizer', `The tokenizer of "${shelf.name}" cannot be read (${line}).`, { cause }),
      );
    });
    tokenizer.chat_template ??= await readText(shelf, 'chat_template.jinja', signal);
    const stopTokens = await readStopTokens(shelf, tokenizer.eos_token_id, signal);
    signal?.throwIfAborted();
    model = await loadGraph(files.id, shelf, description, choice, gpu);
    signal?.throwIfAborted();
    gpu?.check();
    const session = (model.sessions as Readonly<Record<string, ort.InferenceSession>>)['model'];
    if (session === undefined)
      throw new LlmError(
        'architecture',
        `"${shelf.name}" is made of several graphs, but only decoders of one are stepped.`,
      );
    const graph = readGraph(session, shelf.name);
    const vocabulary = graph.vocabulary ?? description.vocabulary;
    const dispose = async () => {
      await model?.dispose();
    };
    const common = { name: shelf.name, dtype, device, description, stopTokens, tokenizer };
    if (gpu === null)
      return opened({
        ...common,
        adapter: 'the CPU (WebAssembly, one thread)',
        machine: new CpuMachine(graph, vocabulary, dispose),
        lost: new Promise<never>(() => {}),
      });
    return opened({
      ...common,
      adapter: gpu.adapter,
      machine: new GpuMachine(gpu, graph, vocabulary, dispose),
      lost: gpu.lost,
    });
  } catch (cause) {
    await model?.dispose().catch(() => {});
    gpu?.destroy();
    throw cause;
  } finally {
    files.unmount();
  }
}

const opened = <L>(model: LoadedModel<L>): LlmSession => new ModelSession(model);

async function loadGraph(
  id: string,
  shelf: FileShelf,
  { modelType }: ModelDescription,
  { dtype, files }: DtypeChoice,
  gpu: Gpu | null,
): Promise<PreTrainedModel> {
  const { folder, stem } = graphPlace(files)!;
  try {
    return await loadSessions(() =>
      AutoModelForCausalLM.from_pretrained(id, {
        dtype,
        // For 'webgpu' transformers.js would keep the cache on the GPU but bring the logits to the CPU: it is told 'wasm',
        // and the runtime gets our device and keeps all outputs there.
        device: 'wasm',
        subfolder: folder,
        model_file_name: stem,
        use_external_data_format: files.length - 1,
        session_options:
          gpu === null
            ? {}
            : { executionProviders: [{ name: 'webgpu', device: gpu.device }], preferredOutputLocation: 'gpu-buffer' },
      }),
    );
  } catch (cause) {
    throw inWords(cause, (line) =>
      /unsupported model type/i.test(line)
        ? new LlmError(
            'architecture',
            `"${shelf.name}" is a model of the type "${modelType}", which cannot be stepped here: only decoder-only language models can.`,
            { cause },
          )
        : new LlmError('files', `The graph of "${shelf.name}" (${files[0]!.path}) cannot be run here (${line}).`, {
            cause,
          }),
    );
  }
}

/** Ids that end a completion: generation_config.json's, config.json's where that has none, and the tokenizer's. */
async function readStopTokens(shelf: FileShelf, endToken: number | undefined, signal?: AbortSignal): Promise<number[]> {
  const stops = new Set<number>();
  for (const path of ['generation_config.json', 'config.json']) {
    const text = await readText(shelf, path, signal);
    if (text === null || stops.size > 0) continue;
    for (const id of readGenerationConfig(new TextEncoder().encode(text), path).stopTokens) stops.add(id);
  }
  if (endToken !== undefined) stops.add(endToken);
  return [...stops];
}

/** The shelf's files as they are asked for, with progress; cancelled, the next one fails. */
function watched(shelf: FileShelf, choice: DtypeChoice, { onProgress, signal }: LoadOptions) {
  const missing = new Set(choice.files.map(({ path }) => path));
  const report = (progress: LoadProgress) => onProgress?.(progress);
  return async (path: string): Promise<Response | null> => {
    const file = await shelf.open(path, signal);
    // transformers.js opens no tokenizer without this file, but can do without anything in it.
    if (file === null && path === 'tokenizer_config.json') return new Response('{}');
    if (file?.body == null) return file;
    const totalBytes = Number(file.headers.get('content-length') ?? 0);
    let loadedBytes = 0;
    report({ stage: 'file', file: path, loadedBytes, totalBytes });
    const counted = file.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          signal?.throwIfAborted();
          loadedBytes += chunk.byteLength;
          report({ stage: 'file', file: path, loadedBytes, totalBytes });
          controller.enqueue(chunk);
        },
        flush() {
          if (missing.delete(path) && missing.size === 0)
            report({ stage: 'compile', file: '', loadedBytes: 0, totalBytes: 0 });
        },
      }),
    );
    return new Response(counted, { headers: file.headers });
  };
}
