/** The fields of a query: what they say stands in the address. */
import { useEffect, useId, useState } from "preact/hooks";
import { DIMENSIONS } from "../../src/data/dimensions.js";
import { ANSWERS, MINED, type SolutionQuery } from "../../src/studio/query.js";

/** Typing settles before the list changes. */
const SETTLE_MILLISECONDS = 200;

export function Search({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  // Only what is typed counts
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), SETTLE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="field wide">
      <span>{label}</span>
      <input type="search" value={text} maxLength={200} onInput={(e) => setText(e.currentTarget.value)} />
    </label>
  );
}

export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly T[];
  names?: Readonly<Partial<Record<T, string>>>;
  onChange: (value: T) => void;
}) {
  const { label, value, options, names = {}, onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option === event.currentTarget.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {options.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {(names as Readonly<Record<string, string>>)[option] ?? option}
          </option>
        ))}
      </select>
    </div>
  );
}

function Range(props: {
  label: string;
  low: number;
  high: number;
  onChange: (low: number, high: number) => void;
}) {
  const { label, low, high, onChange } = props;
  const field = (name: string, value: number, change: (value: number) => void) => (
    <input
      type="number"
      aria-label={`${label}, ${name}`}
      min={0}
      max={1}
      step={0.05}
      value={Math.round(1000 * value) / 1000}
      onChange={(event) => {
        const number = event.currentTarget.valueAsNumber;
        if (number >= 0 && number <= 1) change(number);
      }}
    />
  );
  return (
    <fieldset class="field range">
      <legend>{label}</legend>
      {field("from", low, (value) => onChange(value, Math.max(value, high)))}
      <span aria-hidden="true">to</span>
      {field("to", high, (value) => onChange(Math.min(low, value), value))}
    </fieldset>
  );
}

export type Change = (change: Partial<SolutionQuery>, how?: { replace?: boolean }) => void;

export function SolutionFilters(props: { query: SolutionQuery; sets: readonly string[]; change: Change }) {
  const { query, sets, change } = props;
  const all = sets.includes(query.set) ? sets : [query.set, ...sets];
  return (
    <search class="filters">
      <Search
        label="Search in questions and solutions"
        value={query.search}
        onChange={(search) => change({ search }, { replace: true })}
      />
      <Choice
        label="Of"
        value={query.set}
        options={all}
        names={{ samples: "training samples", "test-samples": "test samples" }}
        onChange={(set) => change({ set })}
      />
      <Choice
        label="Answer"
        value={query.answer}
        options={ANSWERS}
        onChange={(answer) => change({ answer })}
      />
      <Choice
        label="Goes wrong in"
        value={query.dimension}
        options={["any", ...DIMENSIONS]}
        onChange={(dimension) => change({ dimension })}
      />
      {query.set === "samples" && (
        <Choice label="Mined" value={query.mined} options={MINED} onChange={(mined) => change({ mined })} />
      )}
      <Range
        label="Wrongness"
        low={query.wMin}
        high={query.wMax}
        onChange={(wMin, wMax) => change({ wMin, wMax })}
      />
      <Range
        label="Absurdity"
        low={query.aMin}
        high={query.aMax}
        onChange={(aMin, aMax) => change({ aMin, aMax })}
      />
      {query.problem !== "" && (
        <button type="button" onClick={() => change({ problem: "" })}>
          Of all problems
        </button>
      )}
    </search>
  );
}
