// Where the sources run as they are, in tests and benchmarks: a thread does not take tsx over from the one that starts it.
import { register } from "tsx/esm/api";

register();
await import("./token-worker.ts");
