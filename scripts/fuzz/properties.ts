/** What must hold of the verifier on any texts, whoever wrote them: for the fuzzer and for the tests. */
import { Judgement } from "../../src/data/records.js";
import { extractAnswer, sameAnswer, verify } from "../../src/verifier/index.js";

export interface Texts {
  readonly question: string;
  readonly solution: string;
  /** Taken as an answer and as a worked solution. */
  readonly reference: string;
  /** Short texts; each is compared with the one before. */
  readonly answers: readonly string[];
}

/** Every call that the package offers for the texts, by name. */
export const CALLS: Readonly<Record<string, (texts: Texts) => unknown>> = {
  verify: ({ question, solution }) => verify({ question, solution }),
  "verify with a reference": ({ question, solution, reference }) =>
    verify({ question, solution: solution.split("\n"), reference, referenceSolution: reference }),
  sameAnswer: ({ solution, reference }) => sameAnswer(solution, reference),
  extractAnswer: ({ solution }) => extractAnswer(solution),
  "sameAnswer of short answers": ({ reference, answers }) =>
    answers.map((text, i) => sameAnswer(text, answers[i - 1] ?? reference)),
};

function outputs(texts: Texts): string {
  return JSON.stringify(Object.values(CALLS).map((call) => call(texts)));
}

/** Each says what is wrong, or null. */
export const PROPERTIES: Readonly<Record<string, (texts: Texts) => string | null>> = {
  "the same texts are judged the same": (texts) => {
    const [first, second] = [outputs(texts), outputs(texts)];
    return first === second ? null : `${first}\n${second}`;
  },
  "a judgement has its schema, and spans inside the text": ({ question, solution, reference }) => {
    const judged = verify({ question, solution, reference });
    const { error } = Judgement.safeParse(judged);
    if (error !== undefined) return error.message;
    const outside = judged.findings.find((f) => f.end < f.start || f.end > solution.length);
    return outside === undefined ? null : JSON.stringify(outside);
  },
  "an answer is found inside the text": ({ solution }) => {
    const found = extractAnswer(solution);
    if (found === null) return null;
    const inside = 0 <= found.start && found.start <= found.end && found.end <= solution.length;
    return inside && Number.isFinite(found.value ?? 0) ? null : JSON.stringify(found);
  },
  "an answer is the same as itself": ({ solution, answers }) => {
    const odd = [solution, ...answers].find(
      (text) => extractAnswer(text) !== null && !sameAnswer(text, text),
    );
    return odd === undefined ? null : JSON.stringify(odd);
  },
  "which of two answers comes first does not matter": ({ solution, reference, answers }) => {
    const all = [solution, reference, ...answers];
    const at = all.findIndex((text, i) => {
      const before = all[i - 1] ?? "";
      return sameAnswer(text, before) !== sameAnswer(before, text);
    });
    return at < 0 ? null : JSON.stringify([all[at - 1] ?? "", all[at]]);
  },
};
