/** Well-formed problems, solutions and answers to start from: our own, one for each way of writing. */

export const QUESTIONS: readonly string[] = [
  "Ann has 16 eggs. She eats 3 and bakes 4 into muffins, and sells the rest at $2 each. How much does she earn?",
  "A train travels 60 miles per hour for 2 1/2 hours. How far does it go?",
  "Solve 2x + 3 = 11 for x.",
  "What is the sum of the first 10 positive integers?",
  "A shop takes 20% off a coat of $80. What does the coat cost now?",
  "",
];

export const SOLUTIONS: readonly string[] = [
  "Ann keeps 16 - 3 - 4 = <<16-3-4=9>>9 eggs.\nShe earns 9 * $2 = $<<9*2=18>>18.\n#### 18",
  "1. The time is 2 1/2 = 2.5 hours.\n2. The distance is 60 miles/hour * 2.5 hours = 150 miles.\nThe answer is: 150",
  "Step 1: Subtract 3 from both sides: \\[2x + 3 - 3 = 11 - 3\\]\nStep 2: \\(2x = 8\\), so \\(x = \\frac{8}{2} = 4\\).\n\\boxed{4}",
  "\\begin{align*}\n1 + 2 + \\dots + 10 &= \\frac{10 \\cdot 11}{2} \\\\\n&= 55.\n\\end{align*}\nHence $\\sum_{k=1}^{10} k = \\boxed{55}$.",
  "20% of $80 is $16, so the coat costs $80 - $16 = $64.\n**The answer is: $64**",
  "Half of 48 is 24, and twice as many as 24 is 48. Three dozen is 36.\nThe total is 24 + 48 + 36 = 108 apples.\nA: 108",
  "| day | sold |\n|---|---|\n| Mon | 12 |\n| Tue | 3 * 12 = 36 |\nTotal: 12 + 36 = 48\nThe answer is 48.",
  "$$\\sqrt{50} = 5\\sqrt{2} \\approx 7.07$$ and $|-5| = 5$, $5! = 120$, $\\log_2 8 = 3$, $\\sin 30^\\circ = \\frac12$.",
  "$17 \\equiv 2 \\pmod 5$, $(2+i)(2-i) = 5$, $\\binom{5}{2} = 10$, $3.2 \\times 10^4 = 32000$.",
  "$x \\in (-\\infty, 2] \\cup (3, 5)$, so $\\{1, 2\\} = \\{2, 1\\}$ and $\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$.",
  'Let us compute it.\n```python\neggs = 16 - 3 - 4\nearned = eggs * 2\nprint(eggs, earned)\nprint(f"{earned / eggs:.1f}")\n```\n```output\n9 18\n2.0\n```\nThe answer is \\boxed{18}.',
];

export const FRAGMENTS: readonly string[] = [
  "18",
  "$1,200.50",
  "2 1/4",
  "\\frac{3}{4}",
  "20%",
  "(1, 2]",
  "\\{1, 2, 3\\}",
  "x \\ge 3",
  "x^2 + 2x + 1 = 0",
  "3 + 4i",
  "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
  "5 hours 30 minutes",
  "three dozen",
  "\\pm\\sqrt{2}",
  "6:30 PM",
  "x \\equiv 3 \\pmod 7",
  "\\boxed{42}",
  "The answer is: 7",
  "no solution",
  "9 chickens and 10 rabbits",
  "10^{10^{10}}",
  "(B) 12",
  "1{,}000",
  "",
];
