/** Light, dark, or as the system has it; remembered in this browser. */
import { useEffect, useState } from "preact/hooks";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const KEY = "nearmiss-theme";

function remembered(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    // A page from a disk may have no storage.
    return "system";
  }
}

export function Theme() {
  const [theme, setTheme] = useState(remembered);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {}
  }, [theme]);
  return (
    <label class="theme">
      <span class="visually-hidden">Colours</span>
      <select
        value={theme}
        onChange={(event) => setTheme(THEMES.find((one) => one === event.currentTarget.value) ?? "system")}
      >
        {THEMES.map((one) => (
          <option key={one} value={one} selected={one === theme}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
