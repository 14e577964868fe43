// Which code a run is made by. The hash is put in by whatever builds or serves this (vite.config.ts, scripts/headless.mjs):
// of all that tokens follow from, so that runs of one name are runs of the same code.

import { version } from '../../package.json';

declare global {
  interface ImportMetaEnv {
    /** See scripts/sourceHash.mjs. */
    readonly SOURCE_HASH: string;
  }
}

/** package.json's version and the hash of the sources, such as `0.1.0+8f3a01bc`. */
export const CODE_VERSION: string = `${version}+${import.meta.env.SOURCE_HASH}`;
