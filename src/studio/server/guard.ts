/** Who may ask: pages of this very server alone. And what a page may do: nothing that reaches beyond it. */
import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";

/** Sent with every write; a page of another origin cannot read it. */
export const TOKEN_HEADER = "x-nearmiss-token";

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A worker has a policy of its own; this one compiles ONNX Runtime's WebAssembly, and asks this server for files. */
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

const HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
} as const;

/** The headers of every answer, a refusal's too. @param worker path of the script that may compile WebAssembly */
export function headers(worker: string): MiddlewareHandler {
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
    c.res.headers.set("content-security-policy", c.req.path === worker ? WORKER_POLICY : PAGE_POLICY);
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  };
}

/**
 * Refuses another Host than this server's own names (a page elsewhere may have its name point here: DNS rebinding), another
 * Origin, and a write without the token.
 */
export function guard(token: string, port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const hosts = ["127.0.0.1", "localhost"].map((name) => `${name}:${port()}`);
    const host = c.req.header("host") ?? "";
    if (!hosts.includes(host)) {
      return c.json(
        { error: `This server answers to http://${hosts[0]} alone, not to "${host.slice(0, 100)}".` },
        403,
      );
    }
    const origin = c.req.header("origin");
    if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) {
      return c.json({ error: "Pages of other sites may not ask this server." }, 403);
    }
    const site = c.req.header("sec-fetch-site");
    if (site === "cross-site" || site === "same-site") {
      return c.json({ error: "Pages of other sites may not ask this server." }, 403);
    }
    if (c.req.method !== "GET" && c.req.method !== "HEAD") {
      if (origin === undefined || !same(c.req.header(TOKEN_HEADER) ?? "", token)) {
        return c.json({ error: "A write needs this page's own token: reload the page and try again." }, 403);
      }
    }
    return next();
  };
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
