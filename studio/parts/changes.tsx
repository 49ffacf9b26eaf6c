/** Which problems two arms decide differently, and one of them as both answer it. */
import type { Comparison } from "../../src/evaluation/schema.js";
import type { ArmsView } from "../../src/studio/schema.js";
import { go, linkTo } from "../route.js";
import { Both } from "./both.js";
import { Choice } from "./filters.js";
import { Plain } from "./text.js";

const nameOf = ({ a, b }: Pick<Comparison, "a" | "b">) => `${a} against ${b}`;
/** Problems listed of each kind; the rest are counted. */
const LISTED = 200;

export function Changes({ run, of, parameters }: { run: string; of: ArmsView; parameters: URLSearchParams }) {
  const names = of.comparisons.map(nameOf);
  const preset = of.comparisons.find(({ a, b }) => a === "dpo-weighted" && (b === "sft" || b === "base"));
  const shown =
    of.comparisons.find(({ a, b }) => a === parameters.get("a") && b === parameters.get("b")) ??
    preset ??
    of.comparisons[0];
  if (shown === undefined) return null;
  const { a, b, transitions } = shown;
  const { wrongToRight, rightToWrong, bothRight, bothWrong } = transitions;
  const open = parameters.get("problem");
  const link = (problem: string) => linkTo(run, "arms", { a, b, problem });
  const list = (title: string, ids: readonly string[]) => (
    <section class="side">
      <h3>
        {title} ({ids.length})
      </h3>
      {ids.length === 0 && <p class="muted">None.</p>}
      <ul class="changed">
        {ids.slice(0, LISTED).map((id) => (
          <li key={id}>
            <a href={link(id)} aria-current={id === open ? "true" : undefined}>
              <Plain text={of.questions[id] || id} />
            </a>
          </li>
        ))}
      </ul>
      {ids.length > LISTED && <p class="muted">and {ids.length - LISTED} more</p>}
    </section>
  );
  return (
    <section>
      <h2>What changed</h2>
      <Choice
        label="Comparison"
        value={nameOf(shown)}
        options={names}
        onChange={(name) => {
          const next = of.comparisons.find((comparison) => nameOf(comparison) === name);
          if (next !== undefined) go(linkTo(run, "arms", { a: next.a, b: next.b }));
        }}
      />
      <table class="transitions">
        <caption>Problems by how both arms answer</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{a} right</th>
            <th scope="col">{a} wrong</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{b} right</th>
            <td class="number">{bothRight}</td>
            <td class="number changed-cell">{rightToWrong.length}</td>
          </tr>
          <tr>
            <th scope="row">{b} wrong</th>
            <td class="number changed-cell">{wrongToRight.length}</td>
            <td class="number">{bothWrong}</td>
          </tr>
        </tbody>
      </table>
      {open !== null && <Both run={run} a={a} b={b} problem={open} />}
      <div class="sides">
        {list(`Wrong with ${b}, right with ${a}`, wrongToRight)}
        {list(`Right with ${b}, wrong with ${a}`, rightToWrong)}
      </div>
    </section>
  );
}
