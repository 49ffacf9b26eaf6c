/** Files of a data set on the Hugging Face Hub; see data/hub.ts for the cache and the environment. */
import { fetchFromHub } from "../hub.js";
import { splitFiles, type Wanted } from "./splits.js";

export interface DatasetRequest extends Wanted {
  /** A branch, tag or commit. */
  revision: string;
}

/**
 * Paths on this machine of the files of one split, downloaded where they are not in the cache.
 * @throws NearmissError: no such data set, no access, no network and nothing cached, no such split.
 */
export async function datasetFiles(request: DatasetRequest): Promise<string[]> {
  const { dataset: name, revision } = request;
  const { files } = await fetchFromHub({ type: "dataset", name, revision }, (paths) =>
    splitFiles(paths, request),
  );
  return files;
}
