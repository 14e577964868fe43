import { describe, expect, it } from 'vitest';
import { expandShader, loadShader, WgslError } from './wgsl.ts';

const lines = (text: string) =>
  text
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '');

describe('the WGSL preprocessor', () => {
  it('declares the constants that the text uses, with their types', () => {
    const text = expandShader('let a = N; let b = EPS; let c = ON; let d = TWO;', {
      N: 4,
      EPS: { f32: 1e-6 },
      TWO: { f32: 2 },
      ON: true,
      UNUSED: 1,
    });
    expect(lines(text)).toEqual([
      'const N: u32 = 4u;',
      'const EPS: f32 = 9.999999974752427e-7;',
      'const TWO: f32 = 2.0;',
      'const ON: bool = true;',
      'let a = N; let b = EPS; let c = ON; let d = TWO;',
    ]);
  });

  it('keeps the branch that a constant chooses, nested', () => {
    const text = '#if A\nx\n#if B\ny\n#else\nz\n#endif\n#else\nw\n#endif';
    expect(lines(expandShader(text, { A: true, B: 0 }))).toEqual(['x', 'z']);
    expect(lines(expandShader(text, { A: false, B: 1 }))).toEqual(['w']);
  });

  it('repeats a body with its number, nested, from constants', () => {
    const text = '#for i in 0..M\n#for j in 1..3\nacc$i_$j\n#endfor\n#endfor';
    expect(lines(expandShader(text, { M: 2 }))).toEqual(['acc0_1', 'acc0_2', 'acc1_1', 'acc1_2']);
    expect(lines(expandShader('#for i in 0..0\nx\n#endfor', {}))).toEqual([]);
  });

  it('includes a file once', () => {
    const sources = new Map([
      ['a.wgsl', '#include "b.wgsl"\nfn a() {}'],
      ['b.wgsl', 'fn b() {}'],
    ]);
    const text = '#include "a.wgsl"\n#include "b.wgsl"\nfn main() {}';
    expect(lines(expandShader(text, {}, 'main', sources))).toEqual(['fn b() {}', 'fn a() {}', 'fn main() {}']);
  });

  it('puts enable directives first', () => {
    expect(lines(expandShader('let x = N;\nenable subgroups;', { N: 1 }))[0]).toBe('enable subgroups;');
  });

  it.each([
    ['#if MISSING\n#endif', 'shader, line 1: the constant MISSING was not given.'],
    ['x\n#if A', 'shader, line 2: #if is not closed.'],
    ['#endif', 'shader, line 1: #endif closes nothing.'],
    ['#for i in 0..A\n#endif', 'shader, line 2: #endif closes nothing.'],
    ['#for i 3', 'shader, line 1: "#for i 3" is not of the form "#for i in A..B".'],
    ['#else', 'shader, line 1: #else without #if.'],
    ['#include "nowhere.wgsl"', 'shader, line 1: there is no shader file "nowhere.wgsl" to include.'],
    ['#frobnicate', 'shader, line 1: #frobnicate is not a directive.'],
  ])('refuses %j with a sentence', (text, sentence) => {
    expect(() => expandShader(text, { A: 1 })).toThrow(new WgslError(sentence));
  });

  it('refuses a constant that has no WGSL literal', () => {
    expect(() => expandShader('N', { N: 1.5 })).toThrow(WgslError);
    expect(() => expandShader('N', { N: -1 })).toThrow(WgslError);
    expect(() => expandShader('N', { N: { f32: Number.POSITIVE_INFINITY } })).toThrow(WgslError);
    expect(() => loadShader('nowhere.wgsl')).toThrow('There is no shader file "nowhere.wgsl".');
  });
});
