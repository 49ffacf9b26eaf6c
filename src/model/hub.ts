/** Models of the Hugging Face Hub; see data/hub.ts for the cache and the environment. */
import { fetchFromHub } from "../data/hub.js";

/** The files of a repository that are read here; others (weights in other formats, say) stay where they are. */
const WANTED =
  /^((generation_|tokenizer_)?config\.json|tokenizer\.json|chat_template\.jinja|model(-\d+-of-\d+)?\.safetensors|model\.safetensors\.index\.json)$/;

/**
 * The folder of a Hub model, after downloading what the cache lacks. When the Hub cannot be reached, the version in the
 * cache.
 * @param name OWNER/NAME, or OWNER/NAME@REVISION: a branch, tag or commit; `main` by default
 * @throws NearmissError: no such model, gated, unreachable and not in the cache, cut off, disk full.
 */
export async function fetchModel(
  name: string,
  onFile: (path: string, bytes: number) => void,
): Promise<string> {
  const [repo = name, revision = "main"] = name.split("@");
  const { folder } = await fetchFromHub(
    { type: "model", name: repo, revision },
    (paths) => paths.filter((path) => WANTED.test(path)),
    onFile,
  );
  return folder;
}
