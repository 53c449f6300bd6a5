import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DefaultTheme } from "vitepress";

const root = fileURLToPath(new URL("../.pages/reference/api/", import.meta.url));

/** The folders of an entry's page, in the order in which they are shown. */
const kinds: Readonly<Record<string, string>> = {
  functions: "Functions",
  classes: "Classes",
  interfaces: "Interfaces",
  "type-aliases": "Types",
  variables: "Values",
};

/** The pages of the API: for each entry its names by kind. */
export const apiSidebar: DefaultTheme.SidebarItem[] = [
  { text: "Reference", link: "/reference/" },
  ...entriesIn("").map((entry): DefaultTheme.SidebarItem => ({
    text: entry,
    link: `/reference/api/${entry}/`,
    collapsed: true,
    items: Object.entries(kinds).flatMap(([folder, text]) => kindOf(entry, folder, text)),
  })),
];

/** Folders with a page of their own, such as `@flawless-ts/sdk` and `@flawless-ts/sdk/effect`. */
function entriesIn(folder: string): readonly string[] {
  const folders = readdirSync(root + folder, { withFileTypes: true })
    .filter((each) => each.isDirectory() && !(each.name in kinds))
    .map(({ name }) => (folder === "" ? name : `${folder}/${name}`))
    .toSorted();
  return folders.flatMap((name) => [
    ...(existsSync(`${root}${name}/index.md`) ? [name] : []),
    ...entriesIn(name),
  ]);
}

function kindOf(entry: string, folder: string, text: string): DefaultTheme.SidebarItem[] {
  const place = `${entry}/${folder}`;
  if (!existsSync(root + place)) return [];
  const names = readdirSync(root + place)
    .map((file) => file.replace(/\.md$/, ""))
    .toSorted();
  const items = names.map((name) => ({ text: name, link: `/reference/api/${place}/${name}` }));
  return [{ text, collapsed: true, items }];
}
