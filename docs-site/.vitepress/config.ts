import { defineConfig } from "vitepress";
import { anchorOf } from "../scripts/anchors.ts";
import { apiSidebar } from "./api-sidebar.ts";
import { sidebar } from "./sidebar.ts";

export default defineConfig({
  title: "Flawless for TypeScript",
  description: "Durable WebAssembly workflows in TypeScript: write, run and test them.",
  lang: "en",
  // An empty icon: otherwise each browser asks for /favicon.ico.
  head: [["link", { rel: "icon", href: "data:," }]],
  srcDir: ".pages",
  outDir: "dist",
  cleanUrls: true,
  // What Markdown takes for HTML or attributes in the pages of docs/ is meant as text.
  markdown: {
    html: false,
    attrs: { disable: true },
    anchor: { slugify: anchorOf },
    config: ({ renderer }) => {
      const { fence } = renderer.rules;
      // Pictures in words, which GitHub draws, too.
      renderer.rules.fence = (tokens, index, ...rest) => {
        const { info, content } = tokens[index] ?? { info: "", content: "" };
        return info === "mermaid"
          ? `<Mermaid text="${encodeURIComponent(content)}" />`
          : (fence?.(tokens, index, ...rest) ?? "");
      };
    },
  },
  themeConfig: {
    search: {
      provider: "local",
      options: {
        miniSearch: {
          // Guides come first: a word such as "cancel" is in dozens of pages of the API.
          searchOptions: {
            boostDocument: (id: string) => (id.includes("/reference/api/") ? 0.1 : 1),
          },
        },
      },
    },
    outline: [2, 3],
    nav: [
      { text: "Get started", link: "/getting-started" },
      { text: "Guides", link: "/typescript-workflows" },
      { text: "Questions", link: "/faq" },
      { text: "Reference", link: "/reference/" },
    ],
    sidebar: { "/reference/api/": apiSidebar, "/": sidebar },
    socialLinks: [{ icon: "github", link: "https://github.com/flawless-ts/flawless-ts" }],
  },
});
