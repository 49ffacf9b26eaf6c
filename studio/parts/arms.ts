/** How arms are told apart: by colour, by the dashes of their lines, and by their names beside them. */
export interface ArmLook {
  readonly colour: string;
  readonly dash: string;
}

const LOOKS: Readonly<Record<string, ArmLook>> = {
  base: { colour: "var(--arm-base)", dash: "1 3" },
  sft: { colour: "var(--arm-sft)", dash: "none" },
  "dpo-random": { colour: "var(--arm-random)", dash: "6 3" },
  "dpo-hard": { colour: "var(--arm-hard)", dash: "2 2" },
  "dpo-weighted": { colour: "var(--arm-weighted)", dash: "none" },
};

export const armLook = (name: string): ArmLook => LOOKS[name] ?? { colour: "var(--text)", dash: "4 2" };
