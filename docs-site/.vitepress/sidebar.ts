import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DefaultTheme } from "vitepress";

const pages = fileURLToPath(new URL("../.pages/", import.meta.url));

/** The pages of each part, in the order in which they are read. */
const parts: Readonly<Record<string, readonly string[]>> = {
  "Start here": ["getting-started", "concepts", "faq"],
  "Write workflows": [
    "typescript-workflows",
    "activities",
    "schedules",
    "retries",
    "stopping-workflows",
    "restart-and-fork",
    "javascript",
  ],
  "Test them": ["testing", "wasi"],
  "Run them": [
    "server",
    "operations",
    "security",
    "observability",
    "run-book",
    "upgrading",
    "scaling",
    "cluster",
    "control-plane",
    "topologies",
    "guarantees",
  ],
  Migrate: ["coming-from"],
  Reference: [
    "reference/index",
    "reference/api/index",
    "reference/cli/flawless",
    "reference/cli/control-plane",
    "reference/rest/server",
    "reference/rest/control-plane",
    "configuration",
    "limits",
    "host-extensions",
    "test262",
  ],
};

/** How many parts are open at first. */
const open = 4;

/** All pages but those of the API, each in one part; what no part names is at the end, so that nothing is lost. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  ...Object.entries(parts).map(([text, names], index) => ({
    text,
    collapsed: index >= open,
    items: names.filter(isThere).map(itemOf),
  })),
  ...["Benchmarks", "More"].flatMap((text) => {
    const names = others((name) => name.startsWith("benchmarks") === (text === "Benchmarks"));
    return names.length === 0 ? [] : [{ text, collapsed: true, items: names.map(itemOf) }];
  }),
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
