/** The page's section of solutions in full: what one arm gets right that another gets wrong, and the reverse. */
import { type Html, html } from "./html.js";
import type { Example, Report } from "./schema.js";

export function examplesSection({ examples }: Report): Html {
  if (examples === null) return html``;
  const { a, b, wrongToRight, rightToWrong } = examples;
  return html`<h2>Solutions that changed</h2>
<p>From ${b} to ${a}. Chosen by a rule: the first twenty of each kind, in the order of the test problems.</p>
<h3>Wrong with ${b}, right with ${a} (${wrongToRight.length} shown)</h3>
${wrongToRight.map((example) => change(example, a, b))}
<h3>Right with ${b}, wrong with ${a} (${rightToWrong.length} shown)</h3>
${rightToWrong.map((example) => change(example, a, b))}`;
}

function change({ problemId, question, answer, before, after }: Example, a: string, b: string): Html {
  return html`<details><summary>${shorten(question)} <span class="muted">${problemId}</span></summary>
<p>${question}</p><p class="muted">Reference: ${answer}</p>
<div class="pair">${[solution(b, before), solution(a, after)]}</div></details>`;
}

function solution(arm: string, { text, correct, wrongness, absurdity, findings }: Example["before"]): Html {
  const scores = `wrongness ${wrongness.toFixed(2)}, absurdity ${absurdity.toFixed(2)}`;
  return html`<div class="solution ${correct ? "right" : "wrong"}"><strong>${arm}: ${correct ? "right" : "wrong"}</strong>
<span class="muted">${scores}</span><pre>${text}</pre>
<ul>${findings.map((message) => html`<li>${message}</li>`)}</ul></div>`;
}

function shorten(text: string): string {
  return text.length <= 90 ? text : `${text.slice(0, 87)}...`;
}
