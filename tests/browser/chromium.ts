/** The browser of these tests: the path in NEARMISS_CHROMIUM, or Debian's package. */
import { existsSync } from "node:fs";

export const CHROMIUM = process.env.NEARMISS_CHROMIUM ?? "/usr/bin/chromium";

/** Stands in the name of a test that is skipped without one. */
export const NEEDS_CHROMIUM = "skipped where there is no Chromium: set NEARMISS_CHROMIUM";
export const hasChromium = existsSync(CHROMIUM);
