// All problems that this project wrote, by domain.

import { ALGEBRA } from './algebra.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { CALCULUS } from './calculus.ts';
import { GEOMETRY } from './geometry.ts';
import type { Problem } from './problem.ts';

export const WRITTEN_PROBLEMS: readonly Problem[] = [...ARITHMETIC, ...ALGEBRA, ...GEOMETRY, ...CALCULUS];
