/** A solution's text, step by step, with what the verifier found underlined and told on hover and focus. */
import type { Finding } from "../../src/data/records.js";
import type { Text } from "../../src/studio/schema.js";
import { splitSteps } from "../../src/verifier/text/steps.js";
import { type Piece, piecesOf } from "./pieces.js";
import { Cut, Maths, Plain } from "./text.js";

export interface SolutionTextProps {
  readonly of: Text;
  readonly findings: readonly Finding[];
  /** The first wrong step; null without one. */
  readonly errorStep: number | null;
  /** Makes the ids of two solutions on one page differ. */
  readonly name?: string;
}

export function SolutionText({ of, findings, errorStep, name = "s" }: SolutionTextProps) {
  const steps = stepsOf(of.text);
  return (
    <div class="solution-text">
      <ol class="lines">
        {steps.map(({ start, end }, i) => {
          const wrong = i === errorStep;
          return (
            <li key={i} class={wrong ? "first-error" : ""}>
              <bdi>
                {piecesOf(of.text, start, end, findings).map((piece, k) => (
                  <PieceView
                    key={k}
                    piece={piece}
                    text={of.text}
                    findings={findings}
                    name={`${name}-${i}-${k}`}
                  />
                ))}
              </bdi>
              {wrong && <span class="error-flag">first wrong step</span>}
            </li>
          );
        })}
      </ol>
      <Cut of={of} />
    </div>
  );
}

function PieceView(props: { piece: Piece; text: string; findings: readonly Finding[]; name: string }) {
  const { piece, text, findings, name } = props;
  const inner =
    piece.maths === null ? (
      <Plain text={text.slice(piece.start, piece.end)} />
    ) : (
      <Maths source={piece.maths} display={piece.display} />
    );
  if (piece.findings.length === 0) return inner;
  const worst = piece.findings
    .map((i) => findings[i])
    .sort((a, b) => (b?.severity ?? 0) - (a?.severity ?? 0))[0];
  return (
    <mark
      class={`found ${worst?.dimension ?? ""}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the finding is told on focus too
      tabIndex={0}
      aria-describedby={name}
      onFocus={keepInside}
      onMouseEnter={keepInside}
    >
      {inner}
      <span class="tip" role="tooltip" id={name}>
        {piece.findings.map((i) => (
          <span key={i} class="tip-line">
            <b>{findings[i]?.dimension}</b> <Plain text={findings[i]?.message ?? ""} />
          </span>
        ))}
      </span>
    </mark>
  );
}

/** Pixels between a tip and the edge of the page. */
const EDGE = 8;

/** Moves a mark's tip to the left as far as it would stand out of the page. */
function keepInside({ currentTarget }: { currentTarget: HTMLElement }): void {
  const tip = currentTarget.querySelector<HTMLElement>(".tip");
  if (tip === null) return;
  tip.style.left = "0";
  const over = tip.getBoundingClientRect().right + EDGE - document.documentElement.clientWidth;
  if (over > 0) tip.style.left = `${-over}px`;
}

/** More steps than these are one: the page is for reading. */
const MAX_STEPS = 400;

/** The verifier's steps, each up to the next, so that all of the text is there. */
function stepsOf(text: string): { start: number; end: number }[] {
  const starts = splitSteps(text)
    .slice(1, MAX_STEPS)
    .map(({ start }) => start);
  return [0, ...starts].map((start, i) => ({
    start,
    end: start + text.slice(start, starts[i] ?? text.length).trimEnd().length,
  }));
}
