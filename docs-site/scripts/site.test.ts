import { describe, expect, test } from "vitest";
import { brokenLinks } from "./broken-links.ts";
import { commandsIn, renderCommand } from "./cli-reference.ts";
import { optionsOf, withoutDefault } from "./configuration-reference.ts";
import { rewriteLinks, withoutComments } from "./copy-docs.ts";
import { parseHelp } from "./help-text.ts";
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

  test("are found if broken, to pages and to anchors", () => {
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

test("Markdown comments are removed from a page", () => {
  const text = "# A\n\n<!-- Written by a program. -->\n\nText <!-- stays -->\n";
  expect(withoutComments(text)).toBe("# A\n\nText <!-- stays -->\n");
});

const help = `Usage: shop orders [options] <id>

show an order, and
its parcels

Arguments:
  id              the order's id

Options:
  --token <file>  file with the token (default: $TOKEN)
  --limit <n>     how many at most, such
                  as 7 (default: 10)
  -h, --help      display help for command

Commands:
  list [options]  list orders,
                  newest first
  help [command]  display help
`;

test("commander's help text is parsed, with its wrapped lines", () => {
  const parsed = parseHelp(help);
  expect(parsed).toEqual({
    usage: "shop orders [options] <id>",
    description: "show an order, and its parcels",
    arguments: [{ term: "id", description: "the order's id" }],
    options: [
      { term: "--token <file>", description: "file with the token (default: $TOKEN)" },
      { term: "--limit <n>", description: "how many at most, such as 7 (default: 10)" },
      { term: "-h, --help", description: "display help for command" },
    ],
    commands: [
      { term: "list [options]", description: "list orders, newest first" },
      { term: "help [command]", description: "display help" },
    ],
  });
  expect(commandsIn(parsed)).toEqual(["list"]);
  expect(renderCommand({ name: "shop orders", help: parsed }).split("\n\n")).toEqual([
    "## shop orders",
    "show an order, and its parcels.",
    "```sh\nshop orders [options] <id>\n```",
    "| Argument |  |\n| --- | --- |\n| `id` | the order's id |",
    "| Option |  |\n| --- | --- |\n| `--token <file>` | file with the token (default: $TOKEN) |\n| `--limit <n>` | how many at most, such as 7 (default: 10) |",
  ]);
});

test("an option that several commands describe in the same words has one row", () => {
  const parsed = parseHelp(help);
  const program = { name: "shop", help: parsed };
  const rows = optionsOf([
    program,
    { name: "shop orders", help: parsed },
    { name: "shop parcels", help: parsed },
  ]);
  expect(rows).toEqual([
    {
      option: "--limit <n>",
      commands: ["orders", "parcels"],
      description: "how many at most, such as 7",
      standard: "10",
    },
    {
      option: "--token <file>",
      commands: ["orders", "parcels"],
      description: "file with the token",
      standard: "$TOKEN",
    },
  ]);
});

test.each([
  ["a host; default: all", { description: "a host", standard: "all" }],
  ["an origin (default: none)", { description: "an origin", standard: "none" }],
  ["no default", { description: "no default", standard: "" }],
])("the default of %j", (text, expected) => {
  expect(withoutDefault(text)).toEqual(expected);
});

test("an API is rendered by tag, with parameters, bodies and responses", () => {
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
          requestBody: {
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  required: ["sku"],
                  properties: {
                    sku: { type: "string", description: "What is bought." },
                    of: { oneOf: [{ $ref: "#/components/schemas/Order" }, { type: "null" }] },
                  },
                },
              },
            },
          },
          responses: {
            200: {
              description: "The order {{ id }}",
              content: {
                "application/json": {
                  schema: {
                    type: "object",
                    required: ["ok"],
                    properties: {
                      ok: { type: "array", items: { $ref: "#/components/schemas/Order" } },
                      state: { enum: ["open", "paid"] },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    components: {
      schemas: { Order: { type: "object", description: "An order.", additionalProperties: {} } },
    },
  });
  expect(text.split("\n\n")).toEqual([
    "# Shop: REST API",
    "Sells &lt;things>.",
    "## Orders",
    "What is bought.",
    "### GET `/orders/{id}`",
    "Show one",
    "| Parameter | In | Type | Required |  |\n| --- | --- | --- | --- | --- |\n| `id` | path | string | yes | a \\| b |",
    "Body, `application/json`:",
    "| Member | Type | Required |  |\n| --- | --- | --- | --- |\n| `sku` | string | yes | What is bought. |\n| `of` | [Order](#order) \\| null |  |  |",
    '| Status |  | Body |\n| --- | --- | --- |\n| **200** | The order &#123;&#123; id }} | { ok: array of [Order](#order); state?: `"open"` \\| `"paid"` } |',
    "## Shapes",
    "### Order",
    "An order.",
    "object of any JSON value",
  ]);
});
