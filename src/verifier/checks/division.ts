/** What is said of divisions in words: quotients with remainders, multiples. */
import type { Finding } from "../../data/records.js";
import type { Token } from "../expression/lexer.js";
import { isInteger } from "../expression/rational.js";
import { finding } from "./check.js";

/** "706 / 7 = 101 with a remainder of 1", "355 / 6 = 58 R 5": quotient and remainder must rebuild the number. */
export function remainders(step: number, tokens: readonly Token[]): Finding[] {
  const out: Finding[] = [];
  for (let i = 0; i + 5 < tokens.length; i++) {
    const [n, slash, d, equals, q] = tokens.slice(i, i + 5);
    if (slash?.text !== "/" || equals?.text !== "=" || !n?.value || !d?.value || !q?.value) continue;
    if (!isInteger(n.value) || !isInteger(d.value) || !isInteger(q.value) || d.value.n === 0n) continue;
    const r = remainderAfter(tokens, i + 5);
    if (r?.value === undefined || !isInteger(r.value) || tokens[i - 1]?.kind === "operator") continue;
    if (q.value.n * d.value.n + r.value.n === n.value.n) continue;
    const expected = `${n.value.n / d.value.n} remainder ${n.value.n % d.value.n}`;
    const message = `says ${n.text} / ${d.text} is ${q.text} remainder ${r.text}; it is ${expected}`;
    out.push(finding("arithmetic", 0.95, { step, start: n.start, end: r.end }, message, { expected }));
  }
  return out;
}

const REMAINDER_WORDS = new Set(["with", "a", "remainder", "of", "r", "and", "leaving"]);

function remainderAfter(tokens: readonly Token[], from: number): Token | undefined {
  let seen = false;
  for (let i = from; i < from + 6; i++) {
    const token = tokens[i];
    if (token === undefined) return undefined;
    if (token.kind === "number") return seen ? token : undefined;
    const word = token.text.toLowerCase();
    if (token.kind !== "break" && !REMAINDER_WORDS.has(word)) return undefined;
    if (word === "remainder" || word === "r") seen = true;
  }
  return undefined;
}

/** "21, which is not a multiple of 3", "91 is divisible by 7". */
export function divisibility(step: number, tokens: readonly Token[]): Finding[] {
  const out: Finding[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const number = tokens[i];
    if (
      number?.kind !== "number" ||
      !number.value ||
      !isInteger(number.value) ||
      tokens[i - 1]?.kind === "operator"
    )
      continue;
    const words: string[] = [];
    let k = i + 1;
    while (
      k < i + 10 &&
      (tokens[k]?.kind === "word" || tokens[k]?.kind === "break" || tokens[k]?.text === ",")
    ) {
      words.push(tokens[k]?.text.toLowerCase() ?? "");
      k++;
    }
    const by = tokens[k];
    if (by?.kind !== "number" || !by.value || !isInteger(by.value) || by.value.n === 0n) continue;
    const phrase = words.filter((word) => word !== "," && word !== "which" && word.length > 1).join(" ");
    const claim = /^is (not )?(?:multiple of|divisible by)$/.exec(phrase);
    const next = tokens[k + 1]?.kind;
    if (claim === null || next === "operator" || next === "variable" || next === "open") continue;
    const divides = number.value.n % by.value.n === 0n;
    if (divides === (claim[1] === undefined)) continue;
    const truth = divides ? "is" : "is not";
    const message = `says ${number.text} ${phrase} ${by.text}; it ${truth}`;
    out.push(finding("arithmetic", 0.9, { step, start: number.start, end: by.end }, message));
  }
  return out;
}
