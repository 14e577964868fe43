// The version of the code, as package.json has it.

import { version } from '../../package.json';

/** For records of what made a file, such as `0.1.0`. */
export const CODE_VERSION: string = version;
