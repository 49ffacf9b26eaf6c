/**
 * AdamW, Loshchilov and Hutter, "Decoupled Weight Decay Regularization", arXiv 1711.05101, Algorithm 2, in the order of
 * torch.optim.AdamW: decay first, then the update with bias-corrected moments and epsilon outside the root.
 */
import { NearmissError } from "../errors.js";

export type Tensors = ReadonlyMap<string, Float32Array>;

export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/** Changes the parameters in place. Moments are float32; arithmetic within an element is float64. */
export class AdamW {
  /** Updates done: the t of the bias correction. A checkpoint restores it with the moments. */
  steps = 0;
  /** Running means of the gradient (`first`) and of its square (`second`), by parameter name. */
  readonly first: Tensors;
  readonly second: Tensors;

  constructor(
    private readonly parameters: Tensors,
    private readonly options: AdamWOptions = {},
  ) {
    this.first = zerosLike(parameters);
    this.second = zerosLike(parameters);
  }

  /** One update. `gradients` has the parameters' names and lengths and is only read. */
  step(gradients: Tensors, learningRate: number): void {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = this.options;
    this.steps++;
    const keep = 1 - learningRate * weightDecay;
    const stepSize = learningRate / (1 - beta1 ** this.steps);
    const correction2 = Math.sqrt(1 - beta2 ** this.steps);
    for (const [name, parameter] of this.parameters) {
      const gradient = tensor(gradients, name, parameter.length);
      const first = tensor(this.first, name, parameter.length);
      const second = tensor(this.second, name, parameter.length);
      for (let i = 0; i < parameter.length; i++) {
        const g = gradient[i] as number;
        const m = (first[i] as number) * beta1 + g * (1 - beta1);
        const v = (second[i] as number) * beta2 + g * g * (1 - beta2);
        first[i] = m;
        second[i] = v;
        parameter[i] =
          (parameter[i] as number) * keep - (stepSize * m) / (Math.sqrt(v) / correction2 + epsilon);
      }
    }
  }
}

/** Euclidean norm over all elements of all tensors, summed in float64. */
export function globalNorm(tensors: Tensors): number {
  let sum = 0;
  for (const values of tensors.values()) {
    for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  }
  return Math.sqrt(sum);
}

/**
 * Scales the gradients in place so that their global norm, which the caller has computed, is at most `maxNorm`
 * (torch.nn.utils.clip_grad_norm_; Pascanu et al., arXiv 1211.5063, Algorithm 1).
 */
export function clip(gradients: Tensors, norm: number, maxNorm: number): void {
  const scale = maxNorm / (norm + 1e-6);
  if (scale >= 1) return;
  for (const values of gradients.values()) {
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * scale;
  }
}

function zerosLike(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([name, values]) => [name, new Float32Array(values.length)]));
}

function tensor(tensors: Tensors, name: string, length: number): Float32Array {
  const found = tensors.get(name);
  if (found?.length === length) return found;
  throw new NearmissError(`Tensor ${name}: ${found?.length ?? "no"} elements where ${length} are expected.`);
}
