/**
 * The losses, as pure functions of summed log-probabilities, each with its derivative.
 *
 * With h = (log pi(y+) - log ref(y+)) - (log pi(y-) - log ref(y-)) and sigma the logistic function, a variant gives a
 * loss l_i for each pair, and an optimiser step minimises
 *
 *     L = sum_i w_i l_i / sum_i w_i  +  sftWeight * ( - sum_i log pi(y_i+) / sum_i |y_i+| )
 *
 * Both denominators run over the whole optimiser step, so they are known before its first micro-batch, and what each
 * micro-batch contributes is simply added up. The SFT term carries no w_i: the weight says how much the *rejected* side
 * has to teach, which is no reason to imitate the chosen side more.
 */

export const VARIANTS = ["sigmoid", "cdpo", "ipo", "robust"] as const;
type Variant = (typeof VARIANTS)[number];

/** One pair: sums of log-probabilities over completion tokens, in nats, and the numbers of those tokens (at least 1). */
export interface PairLogps {
  readonly chosen: number;
  readonly rejected: number;
  readonly referenceChosen: number;
  readonly referenceRejected: number;
  readonly chosenTokens: number;
  readonly rejectedTokens: number;
}

export interface LossSettings {
  readonly variant: Variant;
  /** Above 0. */
  readonly beta: number;
  /** In [0, 0.5): the share of labels taken to be flipped. */
  readonly labelSmoothing: number;
  /** 0 leaves the SFT term out. */
  readonly sftWeight: number;
}

/** A pair's loss with dLoss/dlog pi(y+) and dLoss/dlog pi(y-). */
export interface PairLoss {
  readonly loss: number;
  readonly chosen: number;
  readonly rejected: number;
}

type PairLossFunction = (pair: PairLogps, settings: LossSettings) => PairLoss;

/** One entry a variant: a variant without a loss is a type error. */
const PAIR_LOSSES: { readonly [V in Variant]: PairLossFunction } = {
  /**
   * l = -log sigma(beta h). DPO, Rafailov et al., "Direct Preference Optimization", arXiv 2305.18290, Eq. 7.
   * dl/dh = -beta sigma(-beta h).
   */
  sigmoid: (pair, { beta }) => {
    const z = beta * logRatioDifference(pair);
    return opposed(-logSigmoid(z), -beta * sigmoid(-z));
  },

  /**
   * l = -(1 - e) log sigma(beta h) - e log sigma(-beta h): cross-entropy against labels smoothed by e. cDPO, Mitchell,
   * "A note on DPO with noisy preferences and relationship to IPO" (2023).
   * dl/dh = -beta ((1 - e) sigma(-beta h) - e sigma(beta h)).
   */
  cdpo: (pair, { beta, labelSmoothing: e }) => {
    const z = beta * logRatioDifference(pair);
    const loss = -(1 - e) * logSigmoid(z) - e * logSigmoid(-z);
    return opposed(loss, -beta * ((1 - e) * sigmoid(-z) - e * sigmoid(z)));
  },

  /**
   * l = (-(1 - e) log sigma(beta h) + e log sigma(-beta h)) / (1 - 2e): where a share e of labels is flipped, its mean
   * over flips is the clean DPO loss. Chowdhury, Kini, Natarajan, "Provably Robust DPO", arXiv 2403.00409, Section 3.
   * dl/dh = -beta ((1 - e) sigma(-beta h) + e sigma(beta h)) / (1 - 2e).
   */
  robust: (pair, { beta, labelSmoothing: e }) => {
    const z = beta * logRatioDifference(pair);
    const loss = (-(1 - e) * logSigmoid(z) + e * logSigmoid(-z)) / (1 - 2 * e);
    return opposed(loss, (-beta * ((1 - e) * sigmoid(-z) + e * sigmoid(z))) / (1 - 2 * e));
  },

  /**
   * l = (h' - 1 / (2 tau))^2 with tau = beta and h' made of log-ratios per token. IPO, Azar et al., arXiv 2310.12036,
   * Eq. 17. The paper writes sums; dividing each by its completion's length is TRL's reading (agreed with the authors,
   * as its source says) and keeps long completions from dominating a squared loss.
   */
  ipo: (pair, { beta }) => {
    const chosen = (pair.chosen - pair.referenceChosen) / pair.chosenTokens;
    const rejected = (pair.rejected - pair.referenceRejected) / pair.rejectedTokens;
    const off = chosen - rejected - 1 / (2 * beta);
    return {
      loss: off * off,
      chosen: (2 * off) / pair.chosenTokens,
      rejected: (-2 * off) / pair.rejectedTokens,
    };
  },
};

/** The loss of one pair, without its weight and without the SFT term, and its derivatives. */
export function pairLoss(pair: PairLogps, settings: LossSettings): PairLoss {
  return PAIR_LOSSES[settings.variant](pair, settings);
}

/** The denominators of an optimiser step. */
export interface StepTotals {
  readonly pairs: number;
  /** Sum of the pairs' weights. */
  readonly weight: number;
  /** Sum of the chosen sides' completion tokens. */
  readonly chosenTokens: number;
}

/** TRL's names. Rewards, margins, accuracies and log-probabilities are plain means over pairs, whatever the weights. */
export const DPO_METRICS = [
  "loss",
  "rewards/chosen",
  "rewards/rejected",
  "rewards/margins",
  "rewards/accuracies",
  "logps/chosen",
  "logps/rejected",
] as const;
export type DpoMetrics = Record<(typeof DPO_METRICS)[number], number>;

export interface StepShare {
  /** What these pairs add to the step's metrics: the sum over the step's micro-batches is the step's value. */
  readonly metrics: DpoMetrics;
  /** dL/dlogp of [chosen, rejected] for each pair. */
  readonly gradients: [number, number][];
}

/**
 * What some pairs of an optimiser step contribute to its loss, metrics and gradient (L above).
 * With every weight 1 each number is that of unweighted DPO to the last bit, since 1 * l / n is l / n.
 * @param weights one a pair, above 0
 * @param totals of the whole step, these pairs included
 */
export function weightedDpo(
  pairs: readonly PairLogps[],
  weights: readonly number[],
  totals: StepTotals,
  settings: LossSettings,
): StepShare {
  const { beta, sftWeight } = settings;
  const sums: DpoMetrics = zeroMetrics();
  const gradients: [number, number][] = [];
  let sft = 0;
  pairs.forEach((pair, i) => {
    const weight = weights[i] ?? Number.NaN;
    const { loss, chosen, rejected } = pairLoss(pair, settings);
    const sftGradient = sftWeight === 0 ? 0 : -sftWeight / totals.chosenTokens;
    gradients.push([(weight * chosen) / totals.weight + sftGradient, (weight * rejected) / totals.weight]);
    const rewardChosen = beta * (pair.chosen - pair.referenceChosen);
    const rewardRejected = beta * (pair.rejected - pair.referenceRejected);
    sums.loss += weight * loss;
    sums["rewards/chosen"] += rewardChosen;
    sums["rewards/rejected"] += rewardRejected;
    sums["rewards/margins"] += rewardChosen - rewardRejected;
    sums["rewards/accuracies"] += rewardChosen > rewardRejected ? 1 : 0;
    sums["logps/chosen"] += pair.chosen;
    sums["logps/rejected"] += pair.rejected;
    sft -= sftWeight * pair.chosen;
  });
  const metrics = zeroMetrics();
  for (const name of DPO_METRICS) metrics[name] = sums[name] / totals.pairs;
  metrics.loss = sums.loss / totals.weight + sft / totals.chosenTokens;
  return { metrics, gradients };
}

/** The metrics to start a step's sum from. */
export function zeroMetrics(): DpoMetrics {
  return {
    loss: 0,
    "rewards/chosen": 0,
    "rewards/rejected": 0,
    "rewards/margins": 0,
    "rewards/accuracies": 0,
    "logps/chosen": 0,
    "logps/rejected": 0,
  };
}

/** dl/dlog pi(y+) = dl/dh and dl/dlog pi(y-) = -dl/dh. */
function opposed(loss: number, derivative: number): PairLoss {
  return { loss, chosen: derivative, rejected: -derivative };
}

function logRatioDifference(pair: PairLogps): number {
  return pair.chosen - pair.referenceChosen - (pair.rejected - pair.referenceRejected);
}

/** log sigma(x), without overflow on either side. */
function logSigmoid(x: number): number {
  return x >= 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x));
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
