// The version of the code, as package.json has it: a part of a run's identity.

import { version } from '../../package.json';

export const CODE_VERSION: string = version;
