/** What a recipe says of the servers that it samples from. */
import { z } from "zod";

/** Credentials in an address would end up in recipes, logs and run folders; a query belongs to no base URL either. */
const BaseUrl = z.string().refine(isPlain, {
  message:
    "expected an address such as http://localhost:8000/v1, without user, password or query (a key goes into NEARMISS_API_KEY)",
});

function isPlain(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}

/** The keys of `sample` that only a server has. Kept flat, so that a recipe changes few words to sample elsewhere. */
export const SERVER_OPTIONS = {
  /** One address or several, of servers with the same model: `http://localhost:8000/v1`. */
  baseUrl: z.union([BaseUrl, z.array(BaseUrl).min(1)]).optional(),
  /** What the servers call the model; by default as the recipe does. */
  model: z.string().min(1).optional(),
  /** Requests in flight, over all servers together. */
  concurrency: z.int().min(1).max(1024).default(16),
  /** A request without a whole answer by then has failed. */
  timeoutSeconds: z.number().positive().default(600),
  /** How often one request is tried again before the run gives up. */
  retries: z.int().min(0).default(8),
  /** Money for a million tokens, in any currency: for the estimate and the bill. */
  price: z.strictObject({ input: z.number().min(0), output: z.number().min(0) }).optional(),
  /** Fields added to each request as they are, such as `min_p`; null takes a field out. */
  extra: z.record(z.string(), z.json()).default({}),
};

export type ServerOptions = z.output<z.ZodObject<typeof SERVER_OPTIONS>>;
