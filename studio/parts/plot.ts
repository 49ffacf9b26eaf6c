/** What the charts are made of, alone: the rest of Observable Plot is left out of the page. */
export { dot, line, plot, pointer, rect, ruleX, ruleY, text, tip } from "@observablehq/plot";
