import type { EngineId } from "../engine.ts";

/** Each engine's label in plots, and its colors: in light and in dark mode. */
export const engineLooks: Readonly<
  Record<EngineId, { readonly label: string; readonly light: string; readonly dark: string }>
> = {
  flawless: { label: "Flawless for TypeScript", light: "#0757c2", dark: "#6cb0ff" },
  "flawless-postgres": {
    label: "Flawless, PostgreSQL",
    light: "#0f7f8c",
    dark: "#4fd0dd",
  },
  restate: { label: "Restate", light: "#b35309", dark: "#f0a04b" },
  dbos: { label: "DBOS", light: "#1a7a3c", dark: "#56c26e" },
  temporal: { label: "Temporal dev server", light: "#7a3ec8", dark: "#b995ff" },
  "temporal-memory": {
    label: "Temporal, in memory",
    light: "#a14d8e",
    dark: "#e596d2",
  },
  obelisk: { label: "Obelisk", light: "#5c6470", dark: "#aab4c0" },
};

const text = { light: "#1f2328", dark: "#e6edf3" };

/** The name of an engine's color in a plot. */
export function colourOf(engine: EngineId): string {
  return `var(--${engine})`;
}

/** The style sheet of a plot: it follows the reader's choice of light or dark mode, even inside of an `<img>`. */
export function themeStyle(): string {
  const colours = (mode: "light" | "dark"): string =>
    [
      `color: ${text[mode]}`,
      ...Object.entries(engineLooks).map(([engine, looks]) => `--${engine}: ${looks[mode]}`),
    ].join("; ");
  return [
    `svg { ${colours("light")}; font-family: system-ui, sans-serif; font-size: 12px }`,
    `@media (prefers-color-scheme: dark) { svg { ${colours("dark")} } }`,
  ].join("\n");
}
