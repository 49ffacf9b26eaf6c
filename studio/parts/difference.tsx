/** Two solutions side by side, the words that only one of them has marked. */
import { useMemo } from "preact/hooks";
import type { Text } from "../../src/studio/schema.js";
import { Cut, Plain } from "./text.js";
import { type WordRun, wordDifference } from "./words.js";

interface SideProps {
  readonly title: string;
  readonly text: Text;
  /** Its own words are marked as those of a right solution. */
  readonly right: boolean;
}

export function Difference(props: { left: SideProps; right: SideProps }) {
  const { left, right } = props;
  const found = useMemo(
    () => wordDifference(left.text.text, right.text.text),
    [left.text.text, right.text.text],
  );
  return (
    <div class="sides">
      <Side {...left} runs={found?.a ?? null} />
      <Side {...right} runs={found?.b ?? null} />
    </div>
  );
}

function Side({ title, text, right, runs }: SideProps & { runs: WordRun[] | null }) {
  return (
    <section class="side">
      <h3>{title}</h3>
      <div class="prose">
        <bdi>
          {runs === null ? (
            <Plain text={text.text} />
          ) : (
            runs.map((run, i) =>
              run.own && run.text.trim() !== "" ? (
                <span key={i} class={`own ${right ? "right" : "wrong"}`}>
                  <Plain text={run.text} />
                </span>
              ) : (
                <Plain key={i} text={run.text} />
              ),
            )
          )}
        </bdi>
        <Cut of={text} />
      </div>
    </section>
  );
}
