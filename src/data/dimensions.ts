/** The six dimensions of a verdict, in a file of their own: the page names them without the schemas of the records. */
export const DIMENSIONS = ["answer", "arithmetic", "algebra", "logic", "grounding", "form"] as const;
