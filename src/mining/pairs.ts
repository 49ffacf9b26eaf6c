/** From prepared problems to pairs, in two passes over the same problems in the same order. */
import type { Pair, Problem } from "../data/records.js";
import { random } from "../random.js";
import type { Negative } from "./negatives.js";
import type { MiningOptions } from "./options.js";
import type { Prepared } from "./prepare.js";
import { type MiningReport, Tally } from "./report.js";
import { type Selection, Slots, selectSlots } from "./select.js";
import { rawWeight } from "./weights.js";

/** Line i of both lists has the same chosen solution. */
export interface Made {
  readonly hard: Pair[];
  readonly random: Pair[];
}

/**
 * First every problem is offered; then, with the limits and the weights' mean known, each is made into pairs. Between the
 * passes only a few numbers of each pair are held, so that the problems may be on disk.
 */
export class PairMaker {
  private readonly slots = new Slots();
  private readonly tally = new Tally();
  private selection: Selection | null = null;
  /** Slots of the problems that were made so far. */
  private made = 0;

  /** @param prompt the text that the model is given for a problem */
  constructor(
    private readonly prompt: (problem: Problem) => string,
    private readonly options: MiningOptions,
  ) {}

  offer(prepared: Prepared): void {
    for (const negative of pickedOf(prepared)) this.slots.add(negative, rawWeight(negative, this.options));
  }

  make(prepared: Prepared): Made {
    const { kept, meanWeight } = this.select();
    const first = this.made;
    const picked = pickedOf(prepared);
    this.made += picked.length;
    const rejected = picked.filter((_, i) => kept[first + i] === 1);
    const weights = rejected.map((negative) => rawWeight(negative, this.options) / meanWeight);
    const hard = rejected.map((negative, i) => this.pair(prepared, negative, weights[i] ?? 1));
    const drawn = randomNegatives(prepared, rejected, this.options.seed);
    const randomArm = drawn.map((negative) => this.pair(prepared, negative, 1));
    this.tally.problem(prepared, hard.length);
    this.tally.pairs(hard, randomArm, rejected);
    return { hard, random: randomArm };
  }

  /** Of the problems that were made into pairs. */
  report(): MiningReport {
    const { perturbedShare, total } = this.select();
    return this.tally.report({ perturbedShare, total }, this.options);
  }

  private select(): Selection {
    this.selection ??= selectSlots(this.slots, this.options);
    return this.selection;
  }

  private pair({ problem, chosen }: Prepared, rejected: Negative, weight: number): Pair {
    return {
      prompt: this.prompt(problem),
      chosen: chosen?.text ?? "",
      rejected: rejected.text,
      firstError: rejected.firstError,
      weight,
      problemId: problem.id,
      hardness: rejected.hardness,
      frequency: rejected.frequency,
      dimension: rejected.dimension,
      chosenSource: chosen?.source ?? "",
      rejectedSource: rejected.source,
    };
  }
}

const pickedOf = ({ pool, picked }: Prepared): Negative[] => picked.flatMap((place) => pool[place] ?? []);

const RANDOM_ORDER: readonly Negative["kind"][] = ["wrong-answer", "broken-chain", "perturbed"];

/**
 * For each hard negative another of the same problem, drawn without replacement: wrong answers first, the other kinds
 * only where a problem has not enough of them. The pool holds every hard negative, so it never runs dry.
 */
function randomNegatives({ problem, pool }: Prepared, hard: readonly Negative[], seed: number): Negative[] {
  const shuffled = random(seed, "random-arm", problem.id).shuffle(pool);
  const queue = RANDOM_ORDER.flatMap((kind) => shuffled.filter((negative) => negative.kind === kind));
  return hard.map((own, i) => queue[i] ?? own);
}
