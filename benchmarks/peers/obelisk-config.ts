import type { ObeliskComponents } from "./obelisk-build.ts";
import type { WorkflowName } from "./workflows.ts";

/** Where one server of Obelisk listens and keeps its files. */
export interface ObeliskPlaces {
  readonly apiPort: number;
  /** The directory of its SQLite database. */
  readonly database: string;
  /** The directory of compiled components, which a server keeps between starts. */
  readonly cache: string;
}

/**
 * The text of a server's `server.toml`. All else has its default. The web page is off because Obelisk would fetch it
 * from a container registry, and no webhook needs the other HTTP server.
 */
export function obeliskServerConfig({ apiPort, database, cache }: ObeliskPlaces): string {
  return [
    `api.listening_addr = "127.0.0.1:${apiPort}"`,
    "webui.enabled = false",
    "external.enabled = false",
    `database.sqlite.directory = ${tomlString(database)}`,
    `wasm.cache_directory = ${tomlString(`${cache}/wasm`)}`,
    `wasm.codegen_cache.directory = ${tomlString(`${cache}/codegen`)}`,
    "",
  ].join("\n");
}

/**
 * The text of the deployment with the benchmark's components.
 * @param siteUrl the only site that activities may send requests to
 */
export function obeliskDeployment(components: ObeliskComponents, siteUrl: string): string {
  return [
    "[[activity_wasm]]",
    'name = "bench_activities"',
    `location = ${tomlString(components.activities)}`,
    "[[activity_wasm.allowed_host]]",
    `pattern = ${tomlString(new URL(siteUrl).origin)}`,
    'methods = ["GET"]',
    "",
    "[[workflow_wasm]]",
    'name = "bench_workflows"',
    `location = ${tomlString(components.workflows)}`,
    "",
  ].join("\n");
}

/** The workflows' functions. Their ten steps are activities anyway. */
const functions: Readonly<Record<WorkflowName, string>> = {
  noop: "noop",
  ten_steps: "ten-steps",
  ten_activities: "ten-steps",
  ten_requests: "ten-requests",
};

/** The JSON text of a request that starts a workflow. */
export function obeliskSubmission(workflow: WorkflowName, siteUrl: string): string {
  return JSON.stringify({
    ffqn: `bench:workflows/workflows.${functions[workflow]}`,
    params: workflow === "ten_requests" ? [siteUrl] : [],
  });
}

/**
 * The workflow's own response, from the server's.
 * @throws Error if the workflow failed
 */
export function obeliskResponse(response: unknown): unknown {
  if (typeof response === "object" && response !== null && "ok" in response) {
    return response.ok;
  }
  throw new Error(`a workflow ended with ${JSON.stringify(response)?.slice(0, 500)}`);
}

/** A path or URL as a basic string, whose escapes are those of JSON. Source: TOML 1.0. */
function tomlString(text: string): string {
  return JSON.stringify(text);
}
