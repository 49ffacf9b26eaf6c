/** The report page's style sheet: light and dark, from 360 px upwards, no font or file from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fdfdfb; --text: #1c2126; --muted: #66707a; --line: #d9dcde; --panel: #f3f4f2;
  --accent: #1f6aa5; --second: #b4531a; --third: #2c7d4f; --good: #2c7d4f; --bad: #b03a2e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --text: #e4e7e9; --muted: #98a2ab; --line: #343b41; --panel: #1c2125;
    --accent: #6db3ea; --second: #f0995c; --third: #6fc795; --good: #6fc795; --bad: #f08a7d;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 1.2rem; margin: 40px 0 8px; padding-top: 12px; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 20px 0 6px; }
p { margin: 8px 0; max-width: 70ch; }
.muted { color: var(--muted); }
.conclusions { padding: 12px 16px; background: var(--panel); border-left: 4px solid var(--accent); margin: 16px 0; }
.conclusions ul { margin: 0; padding-left: 1.1em; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 24px; }
figure { margin: 0; min-width: 0; }
figcaption { color: var(--muted); font-size: 0.9rem; margin-bottom: 4px; }
figure svg { max-width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--muted); font-weight: 600; }
td.number, th.number { text-align: right; }
.key { display: inline-block; width: 0.7em; height: 0.7em; border: 2px solid currentColor; border-radius: 50%; }
.key.solid { background: currentColor; }
.key.square { border-radius: 0; }
.accent { color: var(--accent); } .second { color: var(--second); } .third { color: var(--third); }
details { border-bottom: 1px solid var(--line); padding: 6px 0; }
summary { cursor: pointer; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 12px; }
.solution { background: var(--panel); padding: 8px 12px; border-top: 3px solid var(--line); min-width: 0; }
.solution.right { border-color: var(--good); } .solution.wrong { border-color: var(--bad); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 0.85rem/1.5 ui-monospace, monospace; margin: 6px 0; }
.solution ul { margin: 4px 0; padding-left: 1.1em; font-size: 0.85rem; color: var(--muted); }
`;
