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

/** Everything that the package says of the texts. */
export function outputs({ question, solution, reference, answers }: Texts): unknown {
  return [
    verify({ question, solution }),
    verify({ question, solution: solution.split("\n"), reference, referenceSolution: reference }),
    sameAnswer(solution, reference),
    extractAnswer(solution),
    answers.map((text, i) => sameAnswer(text, answers[i - 1] ?? reference)),
  ];
}

/** Each says what is wrong, or null. */
export const PROPERTIES: Readonly<Record<string, (texts: Texts) => string | null>> = {
  "the same texts are judged the same": (texts) => {
    const [first, second] = [JSON.stringify(outputs(texts)), JSON.stringify(outputs(texts))];
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
