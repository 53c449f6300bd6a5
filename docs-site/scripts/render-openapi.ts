/** What is rendered of an OpenAPI document. */
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
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Schema = Readonly<Record<string, unknown>>;

/** An API as a page of Markdown: its routes by their tags, and the shapes that they share. */
export function renderOpenApi({ info, tags = [], paths, components }: OpenApi): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = tags.map(({ name, description = "" }) => {
    const own = routes.filter(({ operation }) => operation.tags?.[0] === name);
    const texts = own.map(({ path, method, operation }) => renderRoute(method, path, operation));
    return own.length === 0 ? [] : [`## ${titleOf(name)}`, plain(description), ...texts];
  });
  const shared = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `### ${name}\n\n${json(schema)}`,
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
    ({ name, in: place, required = false, description: text = "", schema = {} }) =>
      `| \`${name}\` | ${place} | ${typeOf(schema)} | ${required ? "yes" : ""} | ${plain(text)} |`,
  );
  return [
    `### ${method.toUpperCase()} \`${path}\``,
    plain(summary),
    plain(description),
    rows.length === 0
      ? ""
      : ["| parameter | in | type | needed | |", "| --- | --- | --- | --- | --- |", ...rows].join(
          "\n",
        ),
    ...bodiesOf("Body", requestBody?.content),
    ...Object.entries(responses).flatMap(([status, response]) => [
      `**${status}** ${plain(response.description ?? "")}`,
      ...bodiesOf("", response.content),
    ]),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function bodiesOf(title: string, content: Content = {}): readonly string[] {
  return Object.entries(content).map(([type, { schema }]) => {
    const head = `${title === "" ? "" : `${title}, `}\`${type}\``;
    return schema === undefined ? head : `${head}\n\n${json(schema)}`;
  });
}

function typeOf(schema: Schema): string {
  const values = schema["enum"];
  if (Array.isArray(values)) return values.map((value) => `\`${String(value)}\``).join(", ");
  return typeof schema["type"] === "string" ? schema["type"] : "";
}

function json(schema: Schema): string {
  return `\`\`\`json\n${JSON.stringify(schema, null, 2)}\n\`\`\``;
}

/** As text of Markdown, in a table too: what looks like HTML, or like a template of Vue's, is shown as it is. */
function plain(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("{{", "&#123;&#123;")
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ")
    .trim();
}

function titleOf(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
