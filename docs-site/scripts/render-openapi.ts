import { plain, table } from "./markdown.ts";
import { renderSchema, type Schema, typeOf } from "./render-schema.ts";

/** The parts of an OpenAPI document that are rendered. */
export interface OpenApi {
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content };
  readonly responses?: Readonly<Record<string, Response>>;
}

interface Response {
  readonly description?: string;
  readonly content?: Content;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

/** Renders an API as a Markdown page: its routes by tag, and the shapes that they share. */
export function renderOpenApi({ info, tags = [], paths, components }: OpenApi): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = tags.map(({ name, description = "" }) => {
    const own = routes.filter(({ operation }) => operation.tags?.[0] === name);
    const texts = own.map(({ path, method, operation }) => renderRoute(method, path, operation));
    return own.length === 0 ? [] : [`## ${titleOf(name)}`, plain(description), ...texts];
  });
  const shared = Object.entries(components?.schemas ?? {}).map(([name, schema]) =>
    [`### ${name}`, plain(String(schema["description"] ?? "")), renderSchema(schema)]
      .filter((part) => part !== "")
      .join("\n\n"),
  );
  return [
    `# ${info.title}: REST API`,
    plain(info.description ?? ""),
    ...groups.flat(),
    ...(shared.length === 0 ? [] : ["## Shapes", ...shared]),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function renderRoute(method: string, path: string, operation: Operation): string {
  const {
    summary = "",
    description = "",
    parameters = [],
    requestBody,
    responses = {},
  } = operation;
  const rows = parameters.map(
    ({ name, in: place, required = false, description: text = "", schema = {} }) => [
      `\`${name}\``,
      place,
      typeOf(schema),
      required ? "yes" : "",
      plain(text),
    ],
  );
  return [
    `### ${method.toUpperCase()} \`${path}\``,
    plain(summary),
    plain(description),
    table(["Parameter", "In", "Type", "Required", ""], rows),
    ...bodyOf(requestBody?.content),
    table(["Status", "", "Body"], Object.entries(responses).map(responseRow)),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function bodyOf(content: Content = {}): readonly string[] {
  return Object.entries(content).map(([type, { schema }]) =>
    schema === undefined ? `Body: \`${type}\`` : `Body, \`${type}\`:\n\n${renderSchema(schema)}`,
  );
}

function responseRow([status, response]: [string, Response]): readonly string[] {
  const bodies = Object.entries(response.content ?? {}).map(([type, { schema }]) =>
    schema === undefined || !type.endsWith("json") ? `\`${type}\`` : typeOf(schema),
  );
  return [`**${status}**`, plain(response.description ?? ""), bodies.join(" or ")];
}

function titleOf(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
