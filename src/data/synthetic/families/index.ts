/** The table of all families. */
import type { Family } from "../family.js";
import { comparing } from "./comparing.js";
import { counting } from "./counting.js";
import { measuring } from "./measuring.js";
import { money } from "./money.js";
import { unknowns } from "./unknowns.js";

export const FAMILIES: readonly Family[] = [...counting, ...money, ...comparing, ...measuring, ...unknowns];
