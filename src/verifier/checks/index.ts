/** The six checks by dimension, in the order in which their findings are reported. */
import type { Dimension } from "../../data/records.js";
import { algebra } from "./algebra.js";
import { answer } from "./answer.js";
import { arithmetic } from "./arithmetic.js";
import type { Check } from "./check.js";
import { form } from "./form.js";
import { grounding } from "./grounding.js";
import { logic } from "./logic.js";

export const CHECKS: Readonly<Record<Dimension, Check>> = {
  answer,
  arithmetic,
  algebra,
  logic,
  grounding,
  form,
};
