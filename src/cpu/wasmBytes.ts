// A WebAssembly module as bytes: just enough of the binary format (webassembly.github.io/spec/core/binary) to write one
// SIMD kernel by hand. A function body is a list of instructions, an instruction a list of bytes.

export type Code = readonly number[];

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a small integer, as i32.const takes it. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];
/** Alignment (as a power of two) and offset of a memory access. */
const access = (alignment: number, offset: number) => [alignment, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: [0x6a] as Code,
  sub: [0x6b] as Code,
  mul: [0x6c] as Code,
} as const;
export const f32x4 = {
  add: simd(0xe4) as Code,
  mul: simd(0xe6) as Code,
} as const;
export const v128 = {
  load: (offset: number): Code => [...simd(0x00), ...access(4, offset)],
  /** One float into all four lanes. */
  loadSplat: (offset: number): Code => [...simd(0x09), ...access(2, offset)],
  store: (offset: number): Code => [...simd(0x0b), ...access(4, offset)],
} as const;

/** local += value */
export const increase = (local: number, value: Code): Code => [...get(local), ...value, ...i32.add, ...set(local)];

/** Runs the body and repeats it as long as the local, decreased after every run, is not 0. */
export function repeat(local: number, body: Code): Code {
  const [loop, empty, branchIf, end] = [0x03, 0x40, 0x0d, 0x0b];
  const decrease = [...get(local), ...i32.const(1), ...i32.sub, 0x22, ...unsigned(local)];
  return [loop, empty, ...body, ...decrease, branchIf, 0, end];
}

export interface KernelSource {
  /** Number of i32 parameters; they are locals 0, 1, ... */
  readonly parameters: number;
  /** i32 locals, after the parameters. */
  readonly integers: number;
  /** v128 locals, after the integers. */
  readonly vectors: number;
  readonly body: Code;
}

const I32 = 0x7f;
const V128 = 0x7b;

/** A module that imports the memory env.memory and exports one function, `run`. */
export function moduleBytes({ parameters, integers, vectors, body }: KernelSource): Uint8Array<ArrayBuffer> {
  const list = (items: readonly Code[]) => [...unsigned(items.length), ...items.flat()];
  const text = (name: string) => list(Array.from(name, (letter) => [letter.charCodeAt(0)]));
  const section = (id: number, content: Code) => [id, ...unsigned(content.length), ...content];
  const sized = (content: Code) => [...unsigned(content.length), ...content];
  const functionType = [0x60, ...list(Array.from({ length: parameters }, () => [I32])), ...list([])];
  const atLeastOnePage = [0x00, 0x01];
  const memory = [...text('env'), ...text('memory'), 0x02, ...atLeastOnePage];
  const locals = list([
    [...unsigned(integers), I32],
    [...unsigned(vectors), V128],
  ]);
  const end = 0x0b;
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([functionType])),
    ...section(2, list([memory])),
    ...section(3, list([[0x00]])),
    ...section(7, list([[...text('run'), 0x00, 0x00]])),
    ...section(10, list([sized([...locals, ...body, end])])),
  ]);
}
