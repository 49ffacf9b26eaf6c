/** Ollama's description of a model folder, its chat template included. */
import { NearmissError } from "../errors.js";
import type { Message, Tokenizer } from "../model/tokenizer.js";

/** By default Ollama makes tokens less likely that were written before, and a calculation writes its numbers again and again. */
const UNPENALIZED = "PARAMETER repeat_penalty 1\n";

/**
 * What a chat template writes around the contents of messages. Ollama has templates of its own language and finds one only
 * for the few chat templates that it knows; Qwen2.5's is not among them, and without one a model is given the bare question.
 */
interface Frame {
  /** Before the first user's message, where no system message stands. */
  readonly open: string;
  /** Before a system message, and between it and the user's. */
  readonly system: string;
  readonly afterSystem: string;
  readonly toAssistant: string;
  readonly toUser: string;
  /** Behind the last user's message: here the model goes on. */
  readonly close: string;
}

const conversation = (...roles: readonly Message["role"][]): Message[] =>
  roles.map((role, i) => ({ role, content: `content ${i} of ${role}` }));

/** What stands before, between and behind the messages' contents; null where one is changed or out of place. */
function around(text: string, messages: readonly Message[]): string[] | null {
  const pieces: string[] = [];
  let from = 0;
  for (const { content } of messages) {
    const at = text.indexOf(content, from);
    if (at < 0) return null;
    pieces.push(text.slice(from, at));
    from = at + content.length;
  }
  return [...pieces, text.slice(from)];
}

function frameOf(render: Tokenizer["renderPrompt"]): Frame | null {
  const turns = conversation("user", "assistant", "user");
  const led = conversation("system", "user");
  const [open, toAssistant, toUser, close] = around(render(turns), turns) ?? [];
  const [system, afterSystem] = around(render(led), led) ?? [];
  if (open === undefined || toAssistant === undefined || toUser === undefined || close === undefined)
    return null;
  if (system === undefined || afterSystem === undefined) return null;
  return { open, system, afterSystem, toAssistant, toUser, close };
}

/** The prompt of a conversation as {@link goTemplate} writes it. */
function framed(frame: Frame, messages: readonly Message[]): string {
  const before = (role: Message["role"], last: Message["role"] | undefined): string => {
    if (role === "system") return frame.system;
    if (role === "assistant") return frame.toAssistant;
    if (last === undefined) return frame.open;
    return last === "system" ? frame.afterSystem : frame.toUser;
  };
  const parts = messages.map(({ role, content }, i) => before(role, messages[i - 1]?.role) + content);
  return parts.join("") + frame.close;
}

/** The same in the language of Go's text/template, whose actions stand in double braces. */
const goTemplate = ({ open, system, afterSystem, toAssistant, toUser, close }: Frame): string =>
  [
    '{{ $last := "" }}{{ range .Messages }}',
    `{{ if eq .Role "system" }}${system}`,
    `{{ else if eq .Role "assistant" }}${toAssistant}`,
    `{{ else if eq $last "" }}${open}`,
    `{{ else if eq $last "system" }}${afterSystem}`,
    `{{ else }}${toUser}{{ end }}`,
    `{{ .Content }}{{ $last = .Role }}{{ end }}${close}`,
  ].join("");

/**
 * The text of a Modelfile for the folder that it lies in: `ollama create NAME -f Modelfile`.
 *
 * The template is read off the model's own by rendering short conversations, and is given only where it renders longer ones as
 * that does. A token that the tokenizer itself puts before every text is left to Ollama, which does the same.
 */
export function modelfile({
  renderPrompt,
  textStart,
}: Pick<Tokenizer, "renderPrompt" | "textStart">): string {
  const render = (messages: readonly Message[]): string => {
    const text = renderPrompt(messages);
    return text.startsWith(textStart) ? text.slice(textStart.length) : text;
  };
  const frame = frameIfFaithful(render);
  const from = `FROM .\n${UNPENALIZED}`;
  if (frame === null)
    return `# The model's chat template could not be written as Ollama's: give it as TEMPLATE, if Ollama finds none.\n${from}`;
  return `${from}TEMPLATE """${goTemplate(frame)}"""\n`;
}

function frameIfFaithful(render: Tokenizer["renderPrompt"]): Frame | null {
  try {
    const frame = frameOf(render);
    if (frame === null || Object.values(frame).some((text) => /\{\{|"""/.test(text))) return null;
    const longer = [
      conversation("user"),
      conversation("system", "user", "assistant", "user"),
      conversation("user", "assistant", "user", "assistant", "user"),
    ];
    return longer.every((messages) => framed(frame, messages) === render(messages)) ? frame : null;
  } catch (error) {
    // A chat template may refuse a system message.
    if (error instanceof NearmissError) return null;
    throw error;
  }
}
