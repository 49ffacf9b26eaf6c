/** The recipe's model, opened when the first stage needs it and shared by the stages of one process. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { hashOf } from "../data/folder.js";
import { type Adapter, readAdapter, writeAdapter } from "../model/adapter.js";
import type { LoraShape } from "../model/block.js";
import { CachedDecoder } from "../model/cache.js";
import { loadConfig, type ModelConfig } from "../model/config.js";
import { Decoder, freshAdapter } from "../model/decoder.js";
import { resolveModel } from "../model/folder.js";
import type { Weights } from "../model/layers.js";
import { loadTokenizer, type Message, type Tokenizer } from "../model/tokenizer.js";
import { checkWeights, LOADERS, type Precision, weightShapes } from "../model/weights.js";
import { random } from "../random.js";
import type { TextEncoder } from "../training/examples.js";
import { chooseDevice, type DeviceChoice } from "./device.js";
import { hashPath } from "./fingerprint.js";
import type { PromptTemplate } from "./schema.js";
import type { Progress } from "./stage.js";

/** What is read of a model folder; a change to any of them is another model. */
const READ =
  /^(config|generation_config|tokenizer|tokenizer_config)\.json$|\.safetensors$|^chat_template\.jinja$/;

/** Where training begins: at the adapter in a folder, or at a fresh one of this shape. */
export type Start = string | LoraShape;

/** What the headers of a model's files say. */
export interface ModelFacts {
  readonly name: string;
  readonly config: ModelConfig;
  readonly parameters: number;
}

/** A model by name: cheap to make, and nothing is read or downloaded until it is opened. */
export class ModelSource {
  /** The Hub name, or the folder's own name: fit for files that others will read. */
  readonly name: string;
  /** The files of a local folder, absolute; none for a Hub name, whose files the name stands for. */
  readonly files: readonly string[];
  /** A name of the Hub: to look at the model may be to download it. */
  readonly onHub: boolean;
  private tokenizer: Promise<OpenTokenizer> | null = null;
  private model: Promise<OpenModel> | null = null;

  constructor(
    private readonly given: string,
    private readonly precision: Precision = "fp32",
    private readonly device: DeviceChoice = "auto",
  ) {
    const local = existsSync(given) && statSync(given).isDirectory();
    this.name = local ? basename(resolve(given)) : given;
    this.files = local ? modelFiles(resolve(given)) : [];
    this.onHub = !local && /^[^/]+\/[^/]+$/.test(given);
  }

  /** The model as it computes: its name, and its precision where that is not the usual one. */
  get basis(): string {
    return this.precision === "fp32" ? this.name : `${this.name}, ${this.precision}`;
  }

  /** Only the tokenizer, for stages that train and sample nothing. */
  openTokenizer(progress: Progress): Promise<OpenTokenizer> {
    this.tokenizer ??= this.folder(progress).then(
      async (folder) => new OpenTokenizer(await loadTokenizer(folder)),
    );
    return this.tokenizer;
  }

  /**
   * Looks at all that a run needs of the model, and loads no weights: the folder, a configuration that can be run, the
   * tokenizer, weights of the right names and shapes in files that are whole. A Hub name is downloaded first.
   * @throws NearmissError naming the file that is missing or damaged
   */
  async look(progress: Progress): Promise<ModelFacts> {
    const folder = await this.folder(progress);
    const config = await loadConfig(folder);
    await checkWeights(folder, config);
    await this.openTokenizer(progress);
    const sizes = [...weightShapes(config).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
    return { name: this.name, config, parameters: sizes.reduce((a, b) => a + b, 0) };
  }

  open(progress: Progress): Promise<OpenModel> {
    this.model ??= this.load(progress);
    return this.model;
  }

  /** The folder of the model's files; a Hub name is downloaded first. */
  folder(progress: Progress): Promise<string> {
    return resolveModel(this.given, (file, bytes) =>
      progress.note(`  downloading ${file} (${(bytes / 2 ** 20).toFixed(0)} MiB)`),
    );
  }

  /** Writes the fresh adapter that {@link OpenModel.adapter} makes, in PEFT's format; no weights are loaded. */
  async writeFreshAdapter(out: string, lora: LoraShape, seed: number, progress: Progress): Promise<void> {
    const config = await loadConfig(await this.folder(progress));
    await writeAdapter(out, seededAdapter(config, lora, seed), config, this.name);
  }

  private async load(progress: Progress): Promise<OpenModel> {
    const folder = await this.folder(progress);
    const config = await loadConfig(folder);
    await chooseDevice(this.device, this.precision, progress.note);
    const { tokenizer } = await this.openTokenizer(progress);
    const weights = await LOADERS[this.precision](folder, config);
    const hashes = await Promise.all(modelFiles(folder).map(hashPath));
    const identity = hashOf(this.precision === "fp32" ? hashes : [...hashes, this.precision]);
    return new OpenModel(this.name, this.basis, identity, config, weights, tokenizer);
  }
}

function modelFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => READ.test(name));
  return names.sort().map((name) => join(folder, name));
}

class OpenTokenizer {
  constructor(readonly tokenizer: Tokenizer) {}

  /** Encodes prompts and completions for training, to the very ids that sampling gives the model. */
  get encoder(): TextEncoder {
    const { encode, endId } = this.tokenizer;
    return { encode, endId, encodePrompt: (text) => [...this.start, ...encode(text)] };
  }

  /** What the tokenizer puts before a prompt: a beginning-of-text token, for models without a chat template. */
  private get start(): number[] {
    const probe: Message[] = [{ role: "user", content: "1" }];
    const whole = this.tokenizer.encodePrompt(probe);
    return whole.slice(0, whole.length - this.tokenizer.encode(this.tokenizer.renderPrompt(probe)).length);
  }

  /** The text that a problem's question becomes, as the model sees it in training. */
  prompt(template: PromptTemplate, question: string): string {
    return this.tokenizer.renderPrompt(messages(template, question));
  }

  /** The same as token ids, for sampling. */
  promptIds(template: PromptTemplate, question: string): number[] {
    return this.tokenizer.encodePrompt(messages(template, question));
  }
}

class OpenModel extends OpenTokenizer {
  constructor(
    readonly name: string,
    /** Whose answers a sampler's are: see {@link ModelSource.basis}. */
    readonly basis: string,
    /** A hash of the folder's files and the precision: what checkpoints belong to. */
    readonly identity: string,
    readonly config: ModelConfig,
    readonly weights: Weights,
    tokenizer: Tokenizer,
  ) {
    super(tokenizer);
  }

  /** @param seed of a fresh one */
  adapter(start: Start, seed: number): Promise<Adapter> {
    return typeof start === "string"
      ? this.readAdapter(start)
      : Promise.resolve(seededAdapter(this.config, start, seed));
  }

  readAdapter(folder: string): Promise<Adapter> {
    return readAdapter(folder, this.config);
  }

  /** The model with an adapter that is trained in place; `save` writes it in PEFT's format. Release the decoder after use. */
  trainable(
    adapter: Adapter,
    recompute = false,
  ): { decoder: Decoder; save: (folder: string) => Promise<void> } {
    const { lora, factors } = adapter;
    const options = { train: "lora", lora, adapter: factors, recompute } as const;
    const decoder = new Decoder(this.config, this.weights, options);
    // Other tools take the name without its revision.
    const [base = this.name] = this.name.split("@");
    return { decoder, save: (folder) => writeAdapter(folder, adapter, this.config, base) };
  }

  /** The model for sampling, with an adapter or as it came. To be released: its graphs hold a copy of the weights. */
  sampler(adapter: Adapter | null): CachedDecoder {
    const applied = adapter === null ? {} : { lora: adapter.lora, adapter: adapter.factors };
    return new CachedDecoder(new Decoder(this.config, this.weights, { train: "none", ...applied }));
  }
}

export type { OpenModel, OpenTokenizer };

function seededAdapter(config: ModelConfig, lora: LoraShape, seed: number): Adapter {
  const stream = random(seed, "adapter");
  return { lora, factors: freshAdapter(config, lora, () => stream.next()) };
}

export function messages({ system, user }: PromptTemplate, question: string): Message[] {
  const first: Message[] = system === undefined ? [] : [{ role: "system", content: system }];
  // A function, or "$&" in a question would be read as a pattern.
  return [...first, { role: "user", content: user.replaceAll("{question}", () => question) }];
}
