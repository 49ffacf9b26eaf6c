import type { Example, Report } from "../schema.js";

/** Markdown with the solutions that one run changed, in full: wrong to right, and right to wrong. */
export function renderChanges(
  { a, b, wrongToRight, rightToWrong }: NonNullable<Report["examples"]>,
  seed: number,
): string {
  return `${[
    `# From ${b} to ${a}, seed ${seed}`,
    "",
    "Chosen by a rule: the first twenty of each kind, in the order of the test problems.",
    "",
    `## Wrong with ${b}, right with ${a}`,
    ...wrongToRight.flatMap((example) => change(example, a, b)),
    "",
    `## Right with ${b}, wrong with ${a}`,
    ...rightToWrong.flatMap((example) => change(example, a, b)),
  ].join("\n")}\n`;
}

function change({ problemId, question, answer, before, after }: Example, a: string, b: string): string[] {
  return [
    "",
    `### ${problemId}`,
    "",
    ...fenced(question),
    "",
    `Reference: \`${answer.replaceAll("`", "'")}\``,
    ...solution(b, before),
    ...solution(a, after),
  ];
}

function solution(arm: string, { text, correct, findings }: Example["before"]): string[] {
  return [
    "",
    `${arm}, ${correct ? "right" : "wrong"}:`,
    "",
    ...fenced(text),
    ...(findings.length === 0 ? [] : ["", "The verifier:", "", ...fenced(findings.join("\n"))]),
  ];
}

/** The text of models and data sets is never Markdown: it stands in a fence longer than any that it holds. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, text, fence];
}
