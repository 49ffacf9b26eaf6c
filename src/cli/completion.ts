/** Completion scripts for shells, written from the program's own commands and flags. */
import type { Command, Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, verbs: readonly Command[]): string {
  return SCRIPTS[shell](verbs);
}

const SCRIPTS: Readonly<Record<Shell, (verbs: readonly Command[]) => string>> = {
  bash: (
    verbs,
  ) => `# nearmiss completion bash > /etc/bash_completion.d/nearmiss, or: source <(nearmiss completion bash)
_nearmiss() {
  local word=\${COMP_WORDS[COMP_CWORD]} flags=
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W "${verbs.map((verb) => verb.name()).join(" ")} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${verbs.map((verb) => `    ${verb.name()}) flags="${longs(verb).join(" ")}" ;;`).join("\n")}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  else
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _nearmiss nearmiss`,

  zsh: (verbs) => `#compdef nearmiss
# nearmiss completion zsh > a folder of $fpath, as _nearmiss; or: source <(nearmiss completion zsh)
_nearmiss() {
  if (( CURRENT == 2 )); then
    local -a verbs=(
${verbs.map((verb) => `      ${quoted(`${verb.name()}:${verb.description()}`)}`).join("\n")}
    )
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
${verbs.map((verb) => `    ${verb.name()}) _arguments ${[...verb.options.map(zshFlag), "'*:file:_files'"].join(" ")} ;;`).join("\n")}
  esac
}
if [[ $funcstack[1] == _nearmiss ]]; then _nearmiss "$@"; else compdef _nearmiss nearmiss; fi`,

  fish: (verbs) =>
    [
      "# nearmiss completion fish > ~/.config/fish/completions/nearmiss.fish",
      ...verbs.flatMap((verb) => [
        `complete -c nearmiss -n __fish_use_subcommand -f -a ${verb.name()} -d ${quoted(verb.description())}`,
        ...verb.options.map(
          (option) =>
            `complete -c nearmiss -n '__fish_seen_subcommand_from ${verb.name()}' -l ${longOf(option).slice(2)} ${takesValue(option) ? "-r " : ""}-d ${quoted(option.description)}`,
        ),
      ]),
    ].join("\n"),
};

const longOf = (option: Option) => option.long ?? "";
const longs = (verb: Command) => [...verb.options.map(longOf), "--help"];
const takesValue = (option: Option) => option.required || option.optional;

/** In single quotes, for any of the shells. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function zshFlag(option: Option): string {
  const help = option.description.replace(/[[\]:\\]/g, "\\$&");
  return quoted(`*${longOf(option)}[${help}]${takesValue(option) ? ":value:_files" : ""}`);
}
