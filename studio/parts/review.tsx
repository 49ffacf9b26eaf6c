/** A person's word on a pair or a label: said, shown, taken back. Kept in the run folder; the next mine and dpo honour it. */
import { useState } from "preact/hooks";
import type { PairView, ReviewRequest } from "../../src/studio/schema.js";
import { useSource } from "../context.js";

function useReview(run: string) {
  const source = useSource();
  const [state, setState] = useState<"idle" | "saving" | string>("idle");
  const save = async (review: ReviewRequest) => {
    setState("saving");
    try {
      await source.review(run, review);
      setState("idle");
    } catch (error) {
      setState(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    live: source.live,
    saving: state === "saving",
    failure: state === "idle" || state === "saving" ? null : state,
    save,
  };
}

export function FlagLabel({ run, problemId, flagged }: { run: string; problemId: string; flagged: boolean }) {
  const { live, saving, failure, save } = useReview(run);
  if (!live) return flagged ? <p class="tag">label flagged</p> : null;
  return (
    <div class="review">
      <button
        type="button"
        aria-pressed={flagged}
        disabled={saving}
        onClick={() => save({ kind: "flag-label", problemId, withdrawn: flagged })}
      >
        {flagged ? "⚑ Label flagged: take it back" : "⚐ Flag the reference answer as wrong"}
      </button>
      {failure !== null && <p role="alert">Not saved: {failure}</p>}
    </div>
  );
}

export function PairReview({ run, of }: { run: string; of: PairView }) {
  const { live, saving, failure, save } = useReview(run);
  const [note, setNote] = useState(of.note ?? "");
  const { rejected, flagged, line, problemId } = of.row;
  if (!live) {
    return <p class="muted">To review pairs, open the run folder with nearmiss studio.</p>;
  }
  const said = note.trim() === "" ? {} : { note: note.trim() };
  return (
    <div class="review">
      <label class="field wide">
        <span>Why (optional)</span>
        <input
          type="text"
          maxLength={500}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <button
          type="button"
          aria-pressed={rejected}
          disabled={saving}
          onClick={() =>
            save({ kind: "reject-pair", pairs: of.kind, line, problemId, withdrawn: rejected, ...said })
          }
        >
          {rejected ? "✗ Pair rejected: take it back" : "Reject this pair"}
        </button>
        <button
          type="button"
          aria-pressed={flagged}
          disabled={saving}
          onClick={() => save({ kind: "flag-label", problemId, withdrawn: flagged, ...said })}
        >
          {flagged ? "⚑ Label flagged: take it back" : "⚐ Flag the label of its problem"}
        </button>
      </div>
      <p class="muted" role="status">
        {saving
          ? "Saving."
          : rejected || flagged
            ? "Kept in review.jsonl. The next run of mine leaves it out, and DPO runs again on what is left."
            : "A rejected pair is mined no more; a problem with a flagged label is set aside."}
      </p>
      {failure !== null && <p role="alert">Not saved: {failure}</p>}
    </div>
  );
}
