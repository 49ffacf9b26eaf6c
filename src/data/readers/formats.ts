/** How a row of each data set becomes a problem: a zod schema that checks the row and transforms it. */
import { z } from "zod";
import { show } from "../../verifier/expression/rational.js";
import { exactValue, readExpression, written } from "../arithmetic.js";
import { lastBoxed, plainAnswer, statedAnswer, untokenized, workedSolution } from "./text.js";

/** A row understood, before it has an id and a source. */
export interface Reading {
  question: string;
  answer: string;
  solution?: string | undefined;
  type?: string | undefined;
  id?: string | undefined;
  /** Rows with the same group are variants of one problem and must stay on one side of a split. */
  group?: string | undefined;
}

const text = z.string().trim().min(1, "is empty");
/** An answer given as a number or as text. */
const answer = z.union(
  [z.number().transform(String), text.transform(plainAnswer)],
  "expected a number or a text that is not empty",
);

const gsm8k = z.object({ question: text, answer: text }).transform((row, context): Reading => {
  const final = statedAnswer(row.answer);
  if (final === undefined) return fail(context, "answer", 'has no last line "#### ANSWER"');
  return { question: row.question, answer: final, solution: workedSolution(row.answer, final) };
});

const metamath = z
  .object({ query: text, response: text, type: text.optional(), original_question: text.optional() })
  .transform((row, context): Reading => {
    const final = statedAnswer(row.response);
    if (final === undefined) return fail(context, "response", 'has no last line "The answer is: ANSWER"');
    return {
      question: row.query,
      answer: final,
      solution: workedSolution(row.response, final),
      type: row.type,
      group: row.original_question,
    };
  });

const svamp = z
  .object({
    ID: text.optional(),
    Body: text,
    Question: text,
    Answer: answer,
    Equation: text.optional(),
    Type: text.optional(),
  })
  .transform((row): Reading => {
    const question = joinSentences(untokenized(row.Body), untokenized(row.Question));
    const solution = row.Equation === undefined ? undefined : fromEquation(row.Equation, row.Answer);
    return { question, answer: row.Answer, solution, type: row.Type?.toLowerCase(), id: row.ID };
  });

/** The two shapes in which MAWPS is passed around. */
const mawps = z.union(
  [
    z.object({ input: text, target: answer }).transform((row): Reading => {
      return { question: untokenized(row.input), answer: row.target };
    }),
    z.object({ sQuestion: text, lSolutions: z.tuple([answer], answer) }).transform((row): Reading => {
      return { question: untokenized(row.sQuestion), answer: row.lSolutions[0] };
    }),
  ],
  "expected `input` and `target`, or `sQuestion` and `lSolutions`",
);

const math = z
  .object({
    problem: text,
    solution: text,
    answer: text.optional(),
    subject: text.optional(),
    type: text.optional(),
    unique_id: text.optional(),
  })
  .transform((row, context): Reading => {
    const final = row.answer ?? lastBoxed(row.solution);
    if (final === undefined)
      return fail(context, "solution", "has no \\boxed{ANSWER}, and there is no `answer`");
    const type = row.subject ?? row.type;
    return {
      question: row.problem,
      answer: final,
      solution: workedSolution(row.solution, final),
      type,
      id: row.unique_id,
    };
  });

/** Which field of a row holds what, for data sets of one's own. */
export const Fields = z.strictObject({
  question: z.string().default("question"),
  answer: z.string().default("answer"),
  solution: z.string().optional(),
  type: z.string().optional(),
  id: z.string().optional(),
  group: z.string().optional(),
});
export type Fields = z.infer<typeof Fields>;

const FORMATS = { gsm8k, metamath, svamp, mawps, math };

export const FormatName = z.enum(["gsm8k", "metamath", "svamp", "mawps", "math"]);
export type FormatName = z.infer<typeof FormatName>;

/** The schema for a known data set, or for rows with fields of one's own names. */
export function formatOf(name: FormatName | Fields): z.ZodType<Reading> {
  return typeof name === "string" ? FORMATS[name] : mapped(name);
}

/** A field that was named must be there; `solution`, `type` and `id` under their own names may be. */
function mapped(fields: Fields): z.ZodType<Reading> {
  return z.record(z.string(), z.unknown()).transform((row, context): Reading => {
    const get = <T>(
      key: keyof Fields,
      schema: z.ZodType<T>,
      required = fields[key] !== undefined,
    ): T | undefined => {
      const field = fields[key] ?? key;
      const value = row[field] ?? undefined;
      if (value === undefined && !required) return undefined;
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      const message =
        value === undefined
          ? `is missing (it should hold the ${key}; \`fields\` can name another)`
          : result.error.issues[0]?.message;
      context.addIssue({ code: "custom", path: [field], message: message ?? "is not usable" });
      return undefined;
    };
    const question = get("question", text);
    const reference = get("answer", answer);
    if (question === undefined || reference === undefined) return z.NEVER;
    const solution = get("solution", text);
    return {
      question,
      answer: reference,
      solution: solution === undefined ? undefined : workedSolution(solution, reference),
      type: get("type", answer),
      id: get("id", answer),
      group: get("group", answer, fields.group !== undefined),
    };
  });
}

/** "( 76.0 - 25.0 )" as a worked solution, where it is an expression and gives the answer exactly. */
function fromEquation(equation: string, final: string): string | undefined {
  const node = readExpression(equation);
  const value = node && exactValue(node);
  if (node === null || value === null || show(value) !== final) return undefined;
  return workedSolution(`${written(node)} = ${final}`, final);
}

function fail(context: z.RefinementCtx, field: string, message: string): never {
  context.addIssue({ code: "custom", path: [field], message });
  return z.NEVER;
}

/** SVAMP cuts a problem before its question, often in the middle of a sentence: "If it rains" + "How many stay?" */
function joinSentences(body: string, question: string): string {
  if (/[.?!]$/.test(body)) return `${body} ${question}`;
  const small = /^I\b/.test(question) ? question : question.charAt(0).toLowerCase() + question.slice(1);
  return `${body.replace(/,$/, "")}, ${small}`;
}
