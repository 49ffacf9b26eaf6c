/** Several servers as one: the least busy one is asked; one that fails is set aside for a while, then tried again. */
import { setTimeout as sleep } from "node:timers/promises";
import { backoff } from "./backoff.js";

/** Failures in a row that set a server aside, where none of them says by itself that it is down. */
const PATIENCE = 3;
/** Shorter rests are not worth a line. */
const LONG_MILLISECONDS = 10_000;

export interface Server {
  readonly url: string;
  inFlight: number;
  /** Failures since its last answer. */
  failures: number;
  /** When it may be asked again, as `performance.now()`. */
  restsUntil: number;
}

export class Pool {
  private readonly servers: readonly Server[];

  /** @param wait milliseconds of the first back-off */
  constructor(
    urls: readonly string[],
    private readonly wait: number,
    private readonly note: (line: string) => void,
  ) {
    this.servers = urls.map((url) => ({ url, inFlight: 0, failures: 0, restsUntil: 0 }));
  }

  /** The least busy server that does not rest, once there is one. To be given back by `answered` or `failed`. */
  async take(signal: AbortSignal): Promise<Server> {
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      const awake = this.servers.filter(({ restsUntil }) => restsUntil <= now);
      const [free] = awake.sort((a, b) => a.inFlight - b.inFlight);
      if (free !== undefined) {
        free.inFlight++;
        return free;
      }
      const earliest = Math.min(...this.servers.map(({ restsUntil }) => restsUntil));
      await sleep(earliest - now, undefined, { signal });
    }
  }

  answered(server: Server): void {
    server.inFlight--;
    if (server.failures >= PATIENCE) this.note(`  ${server.url} answers again`);
    server.failures = 0;
  }

  /** @param rest milliseconds that the server has asked for; "down" where it cannot be reached; null for neither */
  failed(server: Server, rest: number | "down" | null, why: string): void {
    server.inFlight--;
    const now = performance.now();
    // What was in flight when it failed fails too: that is one failure, not many.
    if (server.restsUntil > now && typeof rest !== "number") return;
    server.failures++;
    const aside = rest === "down" || server.failures >= PATIENCE;
    const ownRest = aside ? backoff(server.failures, Math.random(), this.wait) : 0;
    const milliseconds = typeof rest === "number" ? rest : ownRest;
    server.restsUntil = Math.max(server.restsUntil, now + milliseconds);
    if (milliseconds >= LONG_MILLISECONDS || (aside && server.failures === PATIENCE))
      this.note(`  ${server.url} is left alone for ${(milliseconds / 1000).toFixed(1)} s: ${why}`);
  }
}
