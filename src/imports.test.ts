// The floors of src: what may import what. gpu is the ground; nothing imports upwards, nothing goes in circles.
//
// Read with the parser that builds the app (oxc, through Vite): it knows TypeScript and JSX, and tells apart an import
// of types, which is gone at run time, from one that loads code. (TypeScript 7 has no stable parser API; es-module-lexer
// reads neither JSX nor types.)

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

/** A folder may import from itself and from every lower floor. */
const FLOORS: readonly (readonly string[])[] = [
  ['gpu'],
  ['temperature'],
  // Problems are drawn by the same counter-based noise as tokens.
  ['tasks'],
  ['policy'],
  ['reference', 'cpu'],
  ['grpo', 'llm'],
  // Arms, seeds and what may be said of them: run by a page and by a command line alike.
  ['experiments'],
  ['lab'],
  ['ui', 'headless'],
];

/** Loaded only where they are needed: from these folders' code, everything reached without `import()` must avoid them. */
const LAZY = ['cpu', 'reference'];
const EAGER = ['lab', 'ui'];

/** Packages (or `node:`) that belong to one folder. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  'node:': ['headless'],
  webgpu: ['headless'],
  react: ['ui'],
  'react-dom': ['ui'],
  recharts: ['ui'],
  'radix-ui': ['ui'],
  '@jax-js/jax': ['cpu'],
  '@huggingface/transformers': ['llm'],
  'onnxruntime-web': ['llm'],
  'onnxruntime-common': ['llm'],
};

const MOST_LINES = 400;
const SHADER_LOADER = 'gpu/wgsl.ts';

/** An import as it stands in the text. */
interface Specifier {
  readonly target: string;
  /** 'types' is erased at run time; 'lazy' is import() or a worker's URL. */
  readonly kind: 'code' | 'types' | 'lazy';
}

/** An import whose target, if relative, is resolved to a path inside src. */
interface Edge extends Specifier {
  readonly isLocal: boolean;
}

type Tree = ReadonlyMap<string, string>;
type Graph = ReadonlyMap<string, readonly Edge[]>;

interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

const textOf = (node: unknown): string[] => (isNode(node) && typeof node['value'] === 'string' ? [node['value']] : []);

/** What one node of the syntax tree imports, as written. */
function specifiersOf(node: SyntaxNode): Specifier[] {
  const edges = (source: unknown, kind: Specifier['kind']) => textOf(source).map((target) => ({ target, kind }));
  switch (node.type) {
    case 'ImportDeclaration':
      return edges(node['source'], node['importKind'] === 'type' ? 'types' : 'code');
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return edges(node['source'], node['exportKind'] === 'type' ? 'types' : 'code');
    case 'ImportExpression':
      return edges(node['source'], 'lazy');
    case 'TSImportType':
      return edges(node['source'] ?? node['argument'], 'types');
    case 'NewExpression': {
      const callee = node['callee'];
      if (!isNode(callee) || callee['name'] !== 'URL') return [];
      const [first, base] = node['arguments'] as unknown[];
      return isNode(base) && base.type === 'MemberExpression' ? edges(first, 'lazy') : [];
    }
    case 'CallExpression': {
      const callee = node['callee'];
      const isGlob = isNode(callee) && isNode(callee['property']) && callee['property']['name'] === 'glob';
      return isGlob ? edges((node['arguments'] as unknown[])[0], 'code') : [];
    }
    default:
      return [];
  }
}

/** Everything that `file` imports. */
function importsOf(file: string, text: string): Edge[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]!.message}`);
  const found: Specifier[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      found.push(...specifiersOf(value));
      Object.values(value).forEach(visit);
    }
  };
  visit(program);
  return found.map(({ target, kind }) => {
    const isLocal = target.startsWith('.');
    const resolved = path.posix.join(path.posix.dirname(file), target.replace(/\?.*$/, ''));
    return { target: isLocal ? resolved : target, kind, isLocal };
  });
}

const graphOf = (tree: Tree): Graph => new Map([...tree].map(([file, text]) => [file, importsOf(file, text)]));
const folderOf = (file: string) => file.slice(0, file.indexOf('/'));
const floorOf = (folder: string) => FLOORS.findIndex((floor) => floor.includes(folder));
const isData = (target: string) => /\.(css|json|safetensors)$/.test(target);

/** Each import that breaks a floor, an ending, or a package's home, as a sentence. */
function trespasses(graph: Graph): string[] {
  const sentences: string[] = [];
  for (const [file, edges] of graph) {
    const folder = folderOf(file);
    if (floorOf(folder) < 0) sentences.push(`${file} stands on no floor: name its folder in FLOORS.`);
    for (const { target, isLocal } of edges) {
      const there = folderOf(target);
      const home = Object.entries(HOMES).find(
        ([name]) => target === name || target.startsWith(name.endsWith(':') ? name : `${name}/`),
      );
      if (!isLocal) {
        if (home !== undefined && !home[1].includes(folder))
          sentences.push(`${file} imports ${target}, which belongs to src/${home[1].join(' and src/')} only.`);
      } else if (target.endsWith('.wgsl')) {
        if (file !== SHADER_LOADER)
          sentences.push(`${file} loads ${target} itself: use loadShader of ${SHADER_LOADER}.`);
      } else if (!graph.has(target) && !isData(target)) {
        sentences.push(`${file} imports ${target}, which is no file of src (imports end in .ts or .tsx).`);
      } else if (there !== folder && floorOf(there) >= floorOf(folder)) {
        sentences.push(`${file} imports ${target}: ${folder} may import only from lower floors, and ${there} is not.`);
      }
    }
  }
  return sentences;
}

/** A chain of imports from `start` along `follow` edges to a file that `isGoal` accepts, or null. */
function chain(
  graph: Graph,
  start: string,
  isGoal: (file: string) => boolean,
  follow: (edge: Edge) => boolean,
): string[] | null {
  const cameFrom = new Map<string, string | null>([[start, null]]);
  for (const file of cameFrom.keys())
    for (const edge of graph.get(file) ?? []) {
      if (!follow(edge)) continue;
      if (isGoal(edge.target)) {
        const steps = [edge.target];
        for (let at: string | null = file; at !== null; at = cameFrom.get(at) ?? null) steps.unshift(at);
        return steps;
      }
      if (graph.has(edge.target) && !cameFrom.has(edge.target)) cameFrom.set(edge.target, file);
    }
  return null;
}

/** One shortest circle through each file that is on one; type-only imports count. */
const circles = (graph: Graph): string[] =>
  [...graph.keys()].flatMap((file) => {
    const circle = chain(
      graph,
      file,
      (target) => target === file,
      () => true,
    );
    return circle === null ? [] : [circle.join(' -> ')];
  });

/** Chains by which the page or the worker would load the CPU engine or the oracle at once. */
const hasty = (graph: Graph): string[] =>
  [...graph.keys()]
    .filter((file) => EAGER.includes(folderOf(file)))
    .flatMap((file) => {
      const steps = chain(
        graph,
        file,
        (target) => LAZY.includes(folderOf(target)),
        (edge) => edge.kind === 'code',
      );
      return steps === null ? [] : [steps.join(' -> ')];
    });

function filesUnder(folder: string, ending: RegExp): Tree {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && ending.test(entry.name))
      files.set(path.relative(folder, file).replaceAll(path.sep, '/'), readFileSync(file, 'utf8'));
  }
  return files;
}

describe('the imports of src', () => {
  const everything = filesUnder(import.meta.dirname, /\.tsx?$/);
  // Tests, and the helpers they share (*.testing.ts), may look at every floor; no other code may import them.
  const code: Tree = new Map([...everything].filter(([file]) => !/\.(test|testing|d)\.tsx?$/.test(file)));
  const graph = graphOf(code);

  it('has files to check', () => expect(graph.size).toBeGreaterThan(10));
  it('goes down the floors', () => expect(trespasses(graph)).toEqual([]));
  it('goes in no circle', () => expect(circles(graph)).toEqual([]));
  it('leaves the CPU engine and the oracle to import()', () => expect(hasty(graph)).toEqual([]));
  it('holds no file that is too long', () => {
    const shaders = filesUnder(path.join(import.meta.dirname, '..', 'shaders'), /\.wgsl$/);
    const long = [...code, ...shaders]
      .map(([file, text]) => ({ file, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ file, lines }) => `${file} has ${lines} lines; more than ${MOST_LINES} hold more than one idea.`);
    expect(long).toEqual([]);
  });
});

describe('the check itself', () => {
  const check = (files: Record<string, string>) => graphOf(new Map(Object.entries(files)));

  it('sees every way to import', () => {
    const text = `import type { A } from './a.ts'; import { type B } from './b.ts'; export * from './c.ts';
      const d = import('./d.tsx'); type E = import('./e.ts').E; import.meta.glob('../../shaders/*.wgsl');
      new Worker(new URL('./f.ts', import.meta.url)); const no = "from './g.ts'"; // import './h.ts'
      export type { I } from '../tasks/i.ts'; const view = <b>import './j.ts'</b>;`;
    expect(importsOf('lab/x.tsx', text).map(({ target, kind }) => ({ target, kind }))).toEqual([
      { target: 'lab/a.ts', kind: 'types' },
      { target: 'lab/b.ts', kind: 'code' },
      { target: 'lab/c.ts', kind: 'code' },
      { target: 'lab/d.tsx', kind: 'lazy' },
      { target: 'lab/e.ts', kind: 'types' },
      { target: '../shaders/*.wgsl', kind: 'code' },
      { target: 'lab/f.ts', kind: 'lazy' },
      { target: 'tasks/i.ts', kind: 'types' },
    ]);
  });

  it.each([
    ['an upward import of a type', { 'gpu/a.ts': "import type { B } from '../policy/b.ts';", 'policy/b.ts': '' }],
    ['an import of a neighbour', { 'cpu/a.ts': "import '../reference/b.ts';", 'reference/b.ts': '' }],
    ['a folder without a floor', { 'shelf/a.ts': '' }],
    ['a missing ending', { 'gpu/a.ts': "import './b';", 'gpu/b.ts': '' }],
    ['a package away from home', { 'policy/a.ts': "import { readFile } from 'node:fs/promises';" }],
    ['a shader loaded past the loader', { 'policy/a.ts': "import text from '../../shaders/x.wgsl?raw';" }],
  ])('refuses %s', (_, files) => {
    expect(trespasses(check(files))).toHaveLength(1);
  });

  it('accepts what the floors allow', () => {
    const files = {
      'gpu/wgsl.ts': "import.meta.glob('../../shaders/*.wgsl');",
      'policy/a.ts': "import * as v from 'valibot'; import { b } from '../temperature/b.ts'; import './c.ts';",
      'policy/c.ts': '',
      'temperature/b.ts': "import '../gpu/wgsl.ts';",
      'ui/d.tsx': "import { createRoot } from 'react-dom/client'; import './d.css';",
    };
    expect(trespasses(check(files))).toEqual([]);
    expect(circles(check(files))).toEqual([]);
  });

  it('finds circles through types', () => {
    const files = {
      'gpu/a.ts': "import { b } from './b.ts';",
      'gpu/b.ts': "import { c } from './c.ts';",
      'gpu/c.ts': "import type { B } from './b.ts';",
    };
    expect(circles(check(files))).toEqual(['gpu/b.ts -> gpu/c.ts -> gpu/b.ts', 'gpu/c.ts -> gpu/b.ts -> gpu/c.ts']);
  });

  it('finds the CPU engine behind a file that looks harmless, but lets types and import() pass', () => {
    const files = {
      'lab/a.ts': "import '../grpo/b.ts'; import type { C } from '../cpu/c.ts'; import('../cpu/c.ts');",
      'grpo/b.ts': '',
      'cpu/c.ts': '',
    };
    expect(hasty(check(files))).toEqual([]);
    expect(hasty(check({ ...files, 'grpo/b.ts': "import '../cpu/c.ts';" }))).toEqual([
      'lab/a.ts -> grpo/b.ts -> cpu/c.ts',
    ]);
  });
});
