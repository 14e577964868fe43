// An experiment on a language model as files. Loaded only when one is asked for: it brings the zip library.

import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { analyseModelExperiment } from '../../../experiments/model/analyse.ts';
import type { ModelCellResult } from '../../../experiments/model/cellResult.ts';
import type { ModelExperiment } from '../../../experiments/model/definition.ts';
import { experimentDocument, rolloutLines } from '../../../experiments/model/records.ts';
import { modelTables } from '../../../experiments/model/tables.ts';
import type { SavedFile } from '../../experiments/calls.ts';
import { fileName } from '../../experiments/files.ts';
import type { ModelExperimentFile } from './state.ts';

configure({ useWebWorkers: false });

/** @param cells in the order in which they are drawn */
export async function modelExperimentFile(
  experiment: ModelExperiment,
  cells: readonly ModelCellResult[],
  what: ModelExperimentFile,
): Promise<SavedFile> {
  const name = fileName(experiment);
  switch (what) {
    case 'rollouts':
      return {
        name: `${name}.rollouts.jsonl`,
        // A part a cell: no text is as long as the file.
        file: new Blob([...rolloutLines(experiment, cells)], { type: 'application/jsonl' }),
      };
    case 'experiment': {
      const document = experimentDocument(experiment, analyseModelExperiment(experiment, cells));
      return { name: `${name}.json`, file: new Blob([document], { type: 'application/json' }) };
    }
    case 'tables': {
      const zip = new ZipWriter(new BlobWriter('application/zip'));
      const findings = analyseModelExperiment(experiment, cells);
      const document = { name: 'experiment.json', text: experimentDocument(experiment, findings) };
      for (const { name: path, text } of [document, ...modelTables(findings)])
        await zip.add(path, new Uint8ArrayReader(new TextEncoder().encode(text)));
      return { name: `${name}.zip`, file: await zip.close() };
    }
  }
}
