import type { Command } from "commander";
import { z } from "zod";
import { completionScript, SHELLS } from "../completion.js";
import { printText } from "../io.js";
import { commandOf } from "../verb.js";

/** @param verbs loads all commands, this one included */
export const completionCommand = (verbs: () => Promise<Command[]>) =>
  commandOf({
    name: "completion",
    about: "Print a script that has a shell complete verbs, flags and files.",
    argument: { name: "shell", help: SHELLS.join(", ") },
    flags: [],
    options: z.strictObject({ shell: z.enum(SHELLS) }),
    examples: [
      "nearmiss completion bash > /etc/bash_completion.d/nearmiss",
      "source <(nearmiss completion zsh)",
    ],
    async run({ shell }) {
      printText(completionScript(shell, await verbs()));
    },
  });
