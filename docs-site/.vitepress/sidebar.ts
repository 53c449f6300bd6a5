import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DefaultTheme } from "vitepress";

const pages = fileURLToPath(new URL("../.pages/", import.meta.url));

/** The pages of each part, in the order in which they are read. */
const parts: Readonly<Record<string, readonly string[]>> = {
  "Getting started": ["getting-started"],
  Guides: [
    "typescript-workflows",
    "activities",
    "schedules",
    "testing",
    "server",
    "restart-and-fork",
    "operations",
    "run-book",
    "observability",
    "security",
    "cluster",
    "control-plane",
    "topologies",
    "wasi",
    "coming-from",
  ],
  Concepts: ["guarantees", "host-extensions", "javascript", "limits"],
  Reference: [
    "reference/index",
    "reference/api/index",
    "reference/cli/flawless",
    "reference/cli/control-plane",
    "reference/rest/server",
    "reference/rest/control-plane",
  ],
};

/** All pages but those of the API, each in one part; what no part names is at the end, so that nothing is lost. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  ...Object.entries(parts).map(([text, names], index) => ({
    text,
    collapsed: index > 2,
    items: names.filter(isThere).map(itemOf),
  })),
  {
    text: "Benchmarks",
    collapsed: true,
    items: others((name) => name.startsWith("benchmarks")).map(itemOf),
  },
  {
    text: "More",
    collapsed: true,
    items: others((name) => !name.startsWith("benchmarks")).map(itemOf),
  },
  { text: "Decisions", collapsed: true, items: pagesIn("decisions").map(itemOf) },
];

function others(belongs: (name: string) => boolean): readonly string[] {
  const named = new Set(Object.values(parts).flat());
  return pagesIn("").filter((name) => name !== "index" && !named.has(name) && belongs(name));
}

/** The pages right in a folder. */
function pagesIn(folder: string): readonly string[] {
  return readdirSync(`${pages}${folder}`)
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder === "" ? "" : `${folder}/`}${file.slice(0, -3)}`)
    .toSorted();
}

function isThere(name: string): boolean {
  return existsSync(`${pages}${name}.md`);
}

/** A page by its first heading. */
function itemOf(name: string): DefaultTheme.SidebarItem {
  const [, title] = /^# (.+)$/m.exec(readFileSync(`${pages}${name}.md`, "utf8")) ?? [];
  return {
    text: (title ?? name).replaceAll("`", ""),
    link: `/${name.replace(/(^|\/)index$/, "$1")}`,
  };
}
