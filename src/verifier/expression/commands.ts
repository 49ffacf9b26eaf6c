/** What LaTeX commands and single signs mean, as data. */
import { type Rational, ratio } from "./rational.js";
import type { TokenKind } from "./tokens.js";

type Kind = TokenKind | "skip";

interface Meaning {
  readonly kind: Kind;
  readonly text: string;
  readonly value?: Rational;
}

const table = (kind: Kind, names: string, text?: string): [string, Meaning][] =>
  names.split(" ").map((name) => [name, { kind, text: text ?? name }]);

/** LaTeX commands by name, without the backslash. A command that is not here makes its expression unreadable. */
export const COMMANDS: ReadonlyMap<string, Meaning> = new Map([
  ...table("operator", "times cdot ast", "*"),
  ...table("operator", "div", "/"),
  ...table("relation", "approx approxeq simeq sim doteq", "~"),
  ...table("relation", "le leq leqslant", "<="),
  ...table("relation", "ge geq geqslant", ">="),
  ...table("relation", "ne neq", "!="),
  ...table("relation", "lt", "<"),
  ...table("relation", "gt", ">"),
  ...table("relation", "equiv", "mod"),
  ...table("command", "frac dfrac tfrac cfrac", "frac"),
  ...table("command", "binom dbinom tbinom", "binom"),
  ...table(
    "command",
    "sqrt boxed log ln lg sin cos tan cot sec csc arcsin arccos arctan exp gcd lcm max min sum prod",
  ),
  ...table("command", "overline bar", "overline"),
  ...table("operator", "over", "over"),
  ...table("operator", "choose"),
  ...table("command", "fbox", "boxed"),
  ...table("open", "lfloor", "floor"),
  ...table("close", "rfloor", "floor"),
  ...table("open", "lceil", "ceil"),
  ...table("close", "rceil", "ceil"),
  ...table("open", "lbrace", "{"),
  ...table("close", "rbrace", "}"),
  ...table("open", "lparen", "("),
  ...table("close", "rparen", ")"),
  ...table("open", "lbrack", "["),
  ...table("close", "rbrack", "]"),
  ...table("bar", "vert lvert rvert mid", "|"),
  ...table("degree", "circ degree"),
  ...table(
    "variable",
    "pi alpha beta gamma delta theta lambda mu omega phi varphi rho sigma tau epsilon varepsilon psi ell",
  ),
  ...table("punctuation", "colon", ":"),
  ...table(
    "break",
    "Rightarrow implies Longrightarrow iff Leftrightarrow Longleftrightarrow therefore because quad qquad newline to rightarrow",
  ),
  ...table(
    "skip",
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits nolimits mathstrut hspace vspace nonumber notag thinspace negthinspace bf it rm",
  ),
]);

const names = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Names that are functions without a backslash where a bracket or an index follows: `max(3, 7)`, `log_2(8)`. */
export const NAMED = names(
  "sqrt cbrt log ln lg sin cos tan cot sec csc arcsin arccos arctan exp gcd lcm max min abs floor ceil",
);

/** Those that in mathematics need no bracket: `sin 30`. A second is also "sec", a minute "min". */
export const BARE_NAMED = names("sqrt cbrt log ln lg sin cos tan cot csc arcsin arccos arctan");

const fraction = (sign: string, p: number, q: number): [string, Meaning] => [
  sign,
  { kind: "unknown", text: sign, value: ratio(p, q) },
];

/** Signs of one or two characters. */
export const SYMBOLS: ReadonlyMap<string, Meaning> = new Map([
  ...table("operator", "+ / ^ !"),
  ...table("operator", "- \u2212 \u2013 \u2010 \u2011", "-"),
  ...table("operator", "* \u00d7 \u00b7 \u22c5 \u2217 \u2219", "*"),
  ...table("operator", "\u00f7 \u2215 \u2044", "/"),
  ...table("relation", "= \uff1d", "="),
  ...table("relation", "\u2248 \u2245", "~"),
  ...table("relation", "<= \u2264", "<="),
  ...table("relation", ">= \u2265", ">="),
  ...table("relation", "!= \u2260", "!="),
  ...table("relation", "< >"),
  ...table("relation", "\u2261", "mod"),
  ...table("break", "=> \u21d2 -> \u2192 \u2234 \u27f9 <> \u2014", "=>"),
  ...table("open", "( [ {"),
  ...table("close", ") ] }"),
  ...table("open", "\u230a", "floor"),
  ...table("close", "\u230b", "floor"),
  ...table("open", "\u2308", "ceil"),
  ...table("close", "\u2309", "ceil"),
  ...table("bar", "|"),
  ...table("punctuation", ", . ; : ?"),
  ...table("currency", "\u20ac \u00a3 \u00a5"),
  ...table("percent", "%"),
  ...table("degree", "\u00b0"),
  ...table("subscript", "_"),
  ...table("command", "\u221a", "sqrt"),
  ...table("variable", "\u03c0", "pi"),
  ...table("variable", "\u03b1", "alpha"),
  ...table("variable", "\u03b8", "theta"),
  ...table("skip", "& ~ ` \u200b \u200e \u200f"),
  fraction("\u00bd", 1, 2),
  fraction("\u00bc", 1, 4),
  fraction("\u00be", 3, 4),
  fraction("\u2153", 1, 3),
  fraction("\u2154", 2, 3),
  fraction("\u215b", 1, 8),
]);
