/** What a run has made, sent to the Hugging Face Hub. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRepo, HubApiError, uploadFiles } from "@huggingface/hub";
import { hubAccess } from "../data/hub.js";
import { NearmissError } from "../errors.js";

/**
 * Sends the files of a folder to a repository, in one commit; it is made where it is not there.
 * @param name OWNER/NAME
 * @param hidden whether a repository that is made is private
 * @returns its address
 * @throws NearmissError: no token, no right to write, the Hub not reached
 */
export async function pushFolder(
  folder: string,
  name: string,
  type: "model" | "dataset",
  hidden: boolean,
): Promise<string> {
  const { hubUrl, accessToken } = hubAccess();
  if (accessToken === undefined || !/^hf_/.test(accessToken)) {
    throw new NearmissError("To push, put a token that may write (it begins with hf_) into HF_TOKEN.");
  }
  const hub = { accessToken, ...(hubUrl === undefined ? {} : { hubUrl }) };
  const repo = { type, name };
  try {
    await createRepo({ ...hub, repo, private: hidden }).catch((error: unknown) => {
      // It is there already.
      if (!(error instanceof HubApiError && error.statusCode === 409)) throw error;
    });
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ name: path }) => ({ path, content: pathToFileURL(join(folder, path)) }));
    await uploadFiles({ ...hub, repo, files, commitTitle: "Upload with Nearmiss" });
  } catch (error) {
    if (error instanceof HubApiError) {
      const cure =
        error.statusCode === 401 || error.statusCode === 403
          ? "Put a token into HF_TOKEN that may write there, and check the name (OWNER/NAME)."
          : "Run again; files that are there are not sent twice.";
      throw new NearmissError(`The Hub does not take ${name} (status ${error.statusCode}). ${cure}`, {
        cause: error,
      });
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (!(cause instanceof Error)) throw error;
    throw new NearmissError(
      `${name} could not be pushed (${cause.message}). Check the network (HF_ENDPOINT names another host) and run again.`,
      { cause: error },
    );
  }
  return `${hubUrl ?? "https://huggingface.co"}/${type === "dataset" ? "datasets/" : ""}${name}`;
}
