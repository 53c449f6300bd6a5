import { describe, expect, test } from "vitest";
import { withoutSecondAnchors } from "./api-reference.ts";
import { brokenLinks } from "./broken-links.ts";
import { commandsIn } from "./cli-reference.ts";
import { rewriteLinks, withoutComments } from "./copy-docs.ts";
import { sourceUrl } from "./places.ts";
import { renderOpenApi } from "./render-openapi.ts";

describe("links of pages", () => {
  test.each([
    ["server.md", "[a](security.md#tokens)", "[a](security.md#tokens)"],
    ["decisions/0001.md", "[a](../server.md)", "[a](../server.md)"],
    ["server.md", "[a](https://example.com/x)", "[a](https://example.com/x)"],
    ["server.md", "[a](#below)", "[a](#below)"],
    ["server.md", "![a](plots/a.svg)", "![a](plots/a.svg)"],
    ["server.md", "[a](../packages/sdk)", `[a](${sourceUrl}packages/sdk)`],
    ["decisions/0001.md", "[a](../../README.md#b)", `[a](${sourceUrl}README.md#b)`],
    ["server.md", "[a](rules/alerts.yml)", `[a](${sourceUrl}docs/rules/alerts.yml)`],
  ])("in %s: %s", (file, text, expected) => {
    expect(rewriteLinks(file, text)).toBe(expected);
  });

  test("that lead nowhere are found, to pages and to places on them", () => {
    const pages = new Map([
      [
        "index.html",
        '<h1 id="top"></h1><a href="/guide/start#one">a</a><a class="x" href="/gone">b</a>',
      ],
      ["guide/start.html", '<h2 id="one"></h2><a href="/#top">c</a><a href="#two">d</a>'],
      ["guide/index.html", '<a href="start">e</a><a href="https://example.com/gone">f</a>'],
    ]);
    expect(brokenLinks(pages)).toEqual(["index.html: /gone", "guide/start.html: #two"]);
  });
});

test("comments of Markdown are no text of a page", () => {
  const text = "# A\n\n<!-- Written by a program. -->\n\nText <!-- stays -->\n";
  expect(withoutComments(text)).toBe("# A\n\nText <!-- stays -->\n");
});

test("links of the API's pages lead to the headings of types", () => {
  const text = "[`A`](server.md#listenerrorcode-1) and [`b`](#b-2) and [c](c.md)";
  expect(withoutSecondAnchors(text)).toBe(
    "[`A`](server.md#listenerrorcode) and [`b`](#b-2) and [c](c.md)",
  );
});

test("the commands of a program are those that its help lists", () => {
  const help = `Usage: flawless [options] [command]

Options:
  -V, --version  the version

Commands:
  up [options]   start a server
  list           list workflows,
                 newest first
  help [command] display help
`;
  expect(commandsIn(help)).toEqual(["up", "list"]);
});

test("an API is rendered by its tags, with parameters, bodies and answers", () => {
  const text = renderOpenApi({
    info: { title: "Shop", version: "1", description: "Sells <things>." },
    tags: [{ name: "orders", description: "What is bought." }, { name: "empty" }],
    paths: {
      "/orders/{id}": {
        get: {
          summary: "Show one",
          tags: ["orders"],
          parameters: [
            {
              name: "id",
              in: "path",
              required: true,
              description: "a | b",
              schema: { type: "string" },
            },
          ],
          responses: {
            200: {
              description: "The order {{ id }}",
              content: { "application/json": { schema: { type: "object" } } },
            },
          },
        },
      },
    },
    components: { schemas: { Order: { type: "object" } } },
  });
  expect(text.split("\n\n")).toEqual([
    "# Shop: REST API",
    "Sells &lt;things>.",
    "## Orders",
    "What is bought.",
    "### GET `/orders/{id}`",
    "Show one",
    "| parameter | in | type | needed | |\n| --- | --- | --- | --- | --- |\n| `id` | path | string | yes | a \\| b |",
    "**200** The order &#123;&#123; id }}",
    "`application/json`",
    '```json\n{\n  "type": "object"\n}\n```',
    "## Shapes",
    "### Order",
    '```json\n{\n  "type": "object"\n}\n```',
  ]);
});
