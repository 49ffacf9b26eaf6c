/**
 * Text of models and data sets, always as text nodes. Characters that would turn the direction of what stands around them,
 * or that cannot be seen, are shown by name, and the whole is isolated.
 */
import { useEffect, useRef } from "preact/hooks";
import type { Text } from "../../src/studio/schema.js";
import { mathParts } from "./maths.js";
import { soon } from "./turns.js";

/** Controls but for tab and line breaks; characters that only steer others, such as direction marks; line separators. */
const HIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cf}\u2028\u2029]/u;

const codeOf = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** A piece of text, hidden characters made visible. */
export function Plain({ text }: { text: string }) {
  if (!HIDDEN.test(text)) return <>{text}</>;
  return (
    <>
      {text.split(new RegExp(`(${HIDDEN.source})`, "u")).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <span key={i} class="hidden-character" title={`hidden character ${codeOf(part)}`}>
            {codeOf(part)}
          </span>
        ),
      )}
    </>
  );
}

/** Loaded with the first formula. */
const library = () => import("katex");

/** A formula. It stays as it was written until KaTeX is there, and where KaTeX refuses it. */
export function Maths({ source, display }: { source: string; display: boolean }) {
  const holder = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    element.textContent = source;
    let takeBack = () => {};
    let gone = false;
    const draw = ({ default: katex }: Awaited<ReturnType<typeof library>>) => {
      if (!gone) takeBack = soon(() => drawn(katex, element, source, display));
    };
    library().then(draw, () => undefined);
    return () => {
      gone = true;
      takeBack();
    };
  }, [source, display]);
  return <span class={display ? "maths display" : "maths"} ref={holder} />;
}

function drawn(
  katex: typeof import("katex").default,
  element: HTMLElement,
  source: string,
  display: boolean,
) {
  try {
    katex.render(source, element, {
      displayMode: display,
      output: "mathml",
      throwOnError: true,
      trust: false,
      strict: "ignore",
      maxExpand: 100,
      maxSize: 20,
    });
  } catch {
    element.textContent = source;
  }
}

/** A run of text with its formulas drawn. */
function Mixed({ text }: { text: string }) {
  return (
    <>
      {mathParts(text).map((part, i) =>
        part.maths === null ? (
          <Plain key={i} text={text.slice(part.start, part.end)} />
        ) : (
          <Maths key={i} source={part.maths} display={part.display} />
        ),
      )}
    </>
  );
}

/** A whole text, isolated from what stands around it. */
export function Prose({ of, class: name = "" }: { of: Text; class?: string }) {
  return (
    <div class={`prose ${name}`}>
      <bdi>
        <Mixed text={of.text} />
      </bdi>
      <Cut of={of} />
    </div>
  );
}

/** Says so where a text was cut. */
export function Cut({ of: { text, length } }: { of: Text }) {
  if (text.length >= length) return null;
  const [shown, all] = [text.length, length].map((n) => n.toLocaleString("en"));
  return (
    <p class="cut" role="note">
      Cut here: the text has {all} characters, and the first {shown} are shown. The file holds the rest.
    </p>
  );
}
