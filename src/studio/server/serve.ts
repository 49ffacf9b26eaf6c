/** Starts and ends the server. */
import { createAdaptorServer } from "@hono/node-server";
import { NearmissError } from "../../errors.js";
import { studioApp } from "./app.js";
import type { Playground } from "./playground.js";
import { Runs } from "./runs.js";

export interface Studio {
  readonly url: string;
  close(): Promise<void>;
}

/** This machine alone: nobody on the network sees the page. */
const HOST = "127.0.0.1";

/**
 * Serves run folders on 127.0.0.1.
 * @param folders run folders, and folders of run folders; they may be made later
 * @param port 0 for any that is free
 * @throws NearmissError where the port is taken or not allowed
 */
export async function serveStudio(
  folders: readonly string[],
  port: number,
  playground: Playground,
): Promise<Studio> {
  let bound = port;
  const { app, close } = studioApp({ runs: new Runs(folders), port: () => bound, playground });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(refusal(error, port)));
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  if (address !== null && typeof address === "object") bound = address.port;
  return {
    url: `http://${HOST}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        close();
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

function refusal(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new NearmissError(`Port ${port} is taken. Name another with --port, or 0 for any that is free.`);
  if (error.code === "EACCES")
    return new NearmissError(`Port ${port} is not allowed. Name one above 1023 with --port.`);
  return error;
}
