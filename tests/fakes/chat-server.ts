/** A stand-in for an OpenAI-compatible server that can be as bad as the worst of them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";

export interface Asked {
  readonly n: number;
  readonly seed: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [field: string]: unknown;
}

/** What it does with a request; the default is a right answer. */
export type Manner = (asked: Asked, response: ServerResponse, number: number) => void;

export class ChatServer {
  readonly asked: Asked[] = [];
  readonly headers: IncomingMessage["headers"][] = [];
  /** The most requests that were open at once. */
  crowd = 0;
  manner: Manner = (asked, response) => answer(asked, response);
  private open = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer(async (request, response) => {
      this.open++;
      this.crowd = Math.max(this.crowd, this.open);
      response.on("close", () => this.open--);
      const asked = (await json(request)) as Asked;
      this.headers.push(request.headers);
      this.manner(asked, response, this.asked.push(asked));
    });
  }

  /** @param port a free one where none is given */
  static async start(port = 0): Promise<ChatServer> {
    const fake = new ChatServer();
    await new Promise<void>((resolve) => fake.server.listen(port, "127.0.0.1", resolve));
    return fake;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** A right answer with `count` choices, which tell the question and the seed. */
export function answer(asked: Asked, response: ServerResponse, count = asked.n): void {
  send(response, 200, JSON.stringify(completion(asked, count)));
}

export function completion({ messages, seed }: Asked, count: number) {
  const choices = Array.from({ length: count }, (_, index) => ({
    index,
    message: { role: "assistant", content: `${messages.at(-1)?.content}: seed ${seed} + ${index}` },
    finish_reason: index % 2 === 0 ? "stop" : "length",
    logprobs: { content: [{ logprob: -0.5 }, { logprob: -0.25 }] },
  }));
  return { choices, usage: { prompt_tokens: 10, completion_tokens: 2 * count } };
}

export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}
