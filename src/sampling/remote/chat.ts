/** One request to an OpenAI-compatible server, and what came of it: an answer, or a fault with what to do about it. */
import OpenAI, { APIConnectionError, APIError } from "openai";
import { z } from "zod";
import type { Message } from "../../model/tokenizer.js";
import { retryAfter } from "./backoff.js";

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly n: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly maxTokens: number;
  readonly seed: number;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface Choice {
  readonly text: string;
  readonly tokenCount: number;
  readonly finishReason: "stop" | "length";
  /** Null where the server gives none. */
  readonly logprob: number | null;
}

export interface Answer {
  readonly choices: readonly Choice[];
  /** Tokens as the server counts them; null where it does not. */
  readonly usage: { readonly input: number; readonly output: number } | null;
}

export interface Fault {
  /** "split": the server may take the samples one by one; "fatal": no repetition will help. */
  readonly kind: "retry" | "split" | "fatal";
  readonly rest: number | "down" | null;
  readonly why: string;
}

const count = z.int().min(0);
const Reply = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string(),
        logprobs: z.object({ content: z.array(z.object({ logprob: z.number() })).nullish() }).nullish(),
      }),
    )
    .min(1, "is empty"),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish(),
});

/** What servers call it. An answer that a filter has cut is as incomplete as one that ran into the limit. */
const FINISH: Readonly<Record<string, Choice["finishReason"]>> = {
  stop: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  length: "length",
  content_filter: "length",
};

/** Failures that pass: request timeout, conflict, too early, too many. All of 500 and above do too. */
const PASSING = new Set([408, 409, 425, 429]);

const CURES: Readonly<Record<number, string>> = {
  401: "Put the server's key into NEARMISS_API_KEY.",
  403: "Put a key that may use this model into NEARMISS_API_KEY.",
  404: "Check `baseUrl` (it ends in /v1, as a rule) and `model`.",
};

/**
 * The key for a server: NEARMISS_API_KEY; for OpenAI itself OPENAI_API_KEY will do. A recipe cannot name a variable, or
 * one from a stranger could have any secret sent anywhere.
 */
function keyFor(url: string): string | undefined {
  const own = process.env.NEARMISS_API_KEY || undefined;
  return own ?? (new URL(url).hostname === "api.openai.com" ? process.env.OPENAI_API_KEY : undefined);
}

/**
 * Asks once.
 * @throws the signal's reason when aborted; every failure of the server's is a {@link Fault}
 */
export async function ask(
  url: string,
  request: ChatRequest,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<Answer | Fault> {
  const key = keyFor(url);
  // The client's own time limit ends with the headers; a body that hangs is ours to stop.
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  const client = new OpenAI({
    apiKey: key ?? "none",
    baseURL: url,
    maxRetries: 0,
    logLevel: "off",
    organization: null,
    project: null,
    ...(key === undefined ? { defaultHeaders: { Authorization: null } } : {}),
  });
  try {
    const { model, messages, n, temperature, topP, topK, maxTokens, seed, extra } = request;
    const body = {
      ...{ model, messages, n, temperature, top_p: topP, top_k: topK, max_tokens: maxTokens, seed },
      // One alternative a token: some servers give no log-probabilities without.
      ...{ logprobs: true, top_logprobs: 1, stream: false, ...extra },
    };
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
    const reply: unknown = await client.post("/chat/completions", {
      body: given,
      signal: AbortSignal.any([signal, limit]),
    });
    return understood(reply);
  } catch (error) {
    signal.throwIfAborted();
    const told = limit.aborted ? `no answer within ${timeoutSeconds} s` : messageOf(error);
    const why = (key === undefined ? told : told.replaceAll(key, "***")).slice(0, 300);
    return faultOf(error, request.n, why);
  }
}

function understood(reply: unknown): Answer | Fault {
  const parsed = Reply.safeParse(reply);
  const strange = (why: string): Fault => ({ kind: "retry", rest: null, why: `a strange answer (${why})` });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return strange(`${issue?.path.join(".") || "body"}: ${issue?.message ?? "wrong"}`);
  }
  const { choices, usage } = parsed.data;
  const characters = choices.reduce((sum, { message }) => sum + (message.content?.length ?? 0), 0);
  const out: Choice[] = [];
  for (const { message, finish_reason, logprobs } of choices) {
    const finishReason = FINISH[finish_reason];
    if (finishReason === undefined) return strange(`finish_reason "${finish_reason}"`);
    const text = message.content ?? "";
    // Where the server counts only all choices together, each has its share by length; where it counts none, a rule of thumb.
    const share = usage ? (usage.completion_tokens * text.length) / Math.max(1, characters) : text.length / 4;
    const tokens = logprobs?.content ?? [];
    const logprob = tokens.length === 0 ? null : tokens.reduce((sum, token) => sum + token.logprob, 0);
    out.push({ text, finishReason, logprob, tokenCount: tokens.length || Math.round(share) });
  }
  const counted = usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : null;
  return { choices: out, usage: counted };
}

function faultOf(error: unknown, n: number, why: string): Fault {
  const status = error instanceof APIError && typeof error.status === "number" ? error.status : null;
  const down = error instanceof APIConnectionError || (error instanceof Error && error.name === "AbortError");
  if (status === null) return { kind: "retry", rest: down ? "down" : null, why };
  const headers = error instanceof APIError && error.headers instanceof Headers ? error.headers : undefined;
  if (PASSING.has(status) || status >= 500)
    return { kind: "retry", rest: retryAfter(headers, Date.now()), why };
  if (n > 1 && (status === 400 || status === 422)) return { kind: "split", rest: null, why };
  // What a server says about a key may hold parts of it.
  const said = status === 401 || status === 403 ? `status ${status}` : why;
  return { kind: "fatal", rest: null, why: `${said}. ${CURES[status] ?? "The request itself is refused."}` };
}

/** The innermost cause says most: "connect ECONNREFUSED 127.0.0.1:8000" rather than "Connection error.". */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message || error.name;
}
