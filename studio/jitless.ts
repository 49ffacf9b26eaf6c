/** Imported first: zod would otherwise try `new Function`, which the page's policy forbids and the console would tell. */
import { config } from "zod/mini";

config({ jitless: true });
