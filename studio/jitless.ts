/** Imported first: zod would otherwise try `new Function`, which the page's policy forbids and the console would tell. */
import { z } from "zod";

z.config({ jitless: true });
