/** The page of a report: its data stand in it. */
import "./jitless.js";
import { inlineSource } from "./source/inline.js";
import { start } from "./start.js";

start(inlineSource(document.getElementById("nearmiss-data")?.textContent ?? "{}"));
