// A small preprocessor for .wgsl text, so that one operation stays one readable file.
//
//   #include "philox.wgsl"        another file's text, once, wherever it is asked for first
//   #if NAME / #else / #endif     by a constant that the caller gives: kept when it is neither 0 nor false
//   #for i in 0..TM / #endfor     the body repeated; $i stands for the number (bounds: integers or constants), also in
//                                 the midst of a name: acc_$i_$j
//
// Constants given by the caller are declared on top as `const NAME = value;`, so the shader text just uses them.
// (WGSL's own `override` would do, but Safari refuses it as the size of a workgroup array.)

/** A whole number becomes u32, a boolean bool; floats are written { f32: value }. */
export type WgslConstant = number | boolean | { readonly f32: number };
export type WgslConstants = Readonly<Record<string, WgslConstant>>;

/** Thrown for shader text that the preprocessor cannot expand; names file and line. */
export class WgslError extends Error {
  override readonly name = 'WgslError';
}

/** The project's shader texts by file name (shaders/NAME). */
const files: Record<string, string> = import.meta.glob('../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const library = new Map(Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]));

function literal(name: string, value: WgslConstant): string {
  if (typeof value === 'boolean') return `const ${name}: bool = ${value};`;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
      throw new WgslError(`The constant ${name} must be a whole number from 0 to 2^32 - 1, but it is ${value}.`);
    return `const ${name}: u32 = ${value}u;`;
  }
  const rounded = Math.fround(value.f32);
  if (!Number.isFinite(rounded)) throw new WgslError(`The constant ${name} must be finite, but it is ${value.f32}.`);
  const digits = String(rounded);
  return `const ${name}: f32 = ${/[.e]/.test(digits) ? digits : `${digits}.0`};`;
}

/** True for what #if keeps. */
function truthy(value: WgslConstant): boolean {
  return typeof value === 'object' ? value.f32 !== 0 : value !== false && value !== 0;
}

interface Block {
  readonly kind: 'if' | 'for';
  readonly line: number;
  /** Lines of the branch being read, and of the one to keep. */
  body: string[];
  readonly keep: (bodies: readonly string[][]) => string[];
  readonly bodies: string[][];
}

/** Expands directives in `text`. `where` names it in errors; `seen` holds files already included. */
function expand(
  text: string,
  where: string,
  constants: WgslConstants,
  sources: ReadonlyMap<string, string>,
  seen: Set<string>,
): string[] {
  const out: string[] = [];
  const stack: Block[] = [];
  const top = () => stack.at(-1)?.body ?? out;
  const fail = (line: number, what: string) => new WgslError(`${where}, line ${line + 1}: ${what}`);
  const constant = (name: string, line: number) => {
    const value = constants[name];
    if (value === undefined) throw fail(line, `the constant ${name} was not given.`);
    return value;
  };
  const bound = (word: string, line: number) => {
    const value = /^\d+$/.test(word) ? Number(word) : constant(word, line);
    if (typeof value !== 'number') throw fail(line, `the bound ${word} is not a whole number.`);
    return value;
  };

  text.split('\n').forEach((raw, line) => {
    const directive = /^\s*#(\w+)\s*(.*?)\s*$/.exec(raw);
    if (directive === null) {
      top().push(raw);
      return;
    }
    const [, word, rest] = directive as unknown as [string, string, string];
    switch (word) {
      case 'include': {
        const name = /^"(.+)"$/.exec(rest)?.[1];
        const source = name === undefined ? undefined : sources.get(name);
        if (name === undefined || source === undefined) throw fail(line, `there is no shader file ${rest} to include.`);
        if (!seen.has(name)) {
          seen.add(name);
          top().push(...expand(source, name, constants, sources, seen));
        }
        return;
      }
      case 'if': {
        const kept = truthy(constant(rest, line));
        const body: string[] = [];
        stack.push({ kind: 'if', line, body, bodies: [body], keep: (b) => (kept ? b[0]! : (b[1] ?? [])) });
        return;
      }
      case 'else': {
        const block = stack.at(-1);
        if (block?.kind !== 'if' || block.bodies.length !== 1) throw fail(line, '#else without #if.');
        block.body = [];
        block.bodies.push(block.body);
        return;
      }
      case 'for': {
        const parts = /^(\w+) in (\w+)\.\.(\w+)$/.exec(rest);
        if (parts === null) throw fail(line, `"#for ${rest}" is not of the form "#for i in A..B".`);
        const [, name, from, to] = parts as unknown as [string, string, string, string];
        const first = bound(from, line);
        const end = bound(to, line);
        const body: string[] = [];
        const pattern = new RegExp(`\\$${name}(?![A-Za-z0-9])`, 'g');
        stack.push({
          kind: 'for',
          line,
          body,
          bodies: [body],
          keep: ([lines]) =>
            Array.from({ length: Math.max(0, end - first) }, (_, i) =>
              lines!.map((l) => l.replace(pattern, String(first + i))),
            ).flat(),
        });
        return;
      }
      case 'endif':
      case 'endfor': {
        const block = stack.pop();
        if (block === undefined || `end${block.kind}` !== word) throw fail(line, `#${word} closes nothing.`);
        top().push(...block.keep(block.bodies));
        return;
      }
      default:
        throw fail(line, `#${word} is not a directive.`);
    }
  });
  const open = stack.at(-1);
  if (open !== undefined) throw fail(open.line, `#${open.kind} is not closed.`);
  return out;
}

/**
 * The WGSL of shaders/`name` with `constants` declared on top.
 * @throws WgslError for an unknown file, directive or constant.
 */
export function loadShader(name: string, constants: WgslConstants = {}): string {
  const text = library.get(name);
  if (text === undefined) throw new WgslError(`There is no shader file "${name}".`);
  return expandShader(text, constants, name, library);
}

/** As loadShader, for given text and include sources. */
export function expandShader(
  text: string,
  constants: WgslConstants,
  where = 'shader',
  sources: ReadonlyMap<string, string> = library,
): string {
  const body = expand(text, where, constants, sources, new Set([where])).join('\n');
  // `enable f16;` and the like must come before any declaration.
  const enables: string[] = [];
  const rest = body.replace(/^\s*(?:enable|requires)\s+[^;]+;.*$/gm, (line) => {
    enables.push(line.trim());
    return '';
  });
  const declared = Object.entries(constants)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(rest))
    .map(([name, value]) => literal(name, value));
  return [...new Set(enables), ...declared, rest].join('\n');
}
