import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { CliError } from "@flawless-ts/http-service/program";
import type { ActivityDefinitions } from "@flawless-ts/sdk";

/** The exports to try if no name is given. */
const usualExports = ["activities", "default"] as const;

/**
 * Loads the activities exported by a file. Node strips TypeScript types itself, but doesn't support enums and the like.
 *
 * @param path the absolute path
 * @param name the name of the export; undefined for `activities`, otherwise the default export
 * @throws CliError if the file can't be loaded, or has no such export
 */
export async function loadActivities(
  path: string,
  name: string | undefined,
): Promise<ActivityDefinitions> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (!existsSync(path)) {
      throw new CliError(`${path} can't be loaded: there is no such file. Is the path right?`);
    }
    throw new CliError(`${path} can't be loaded: ${messageOf(cause)}`, {
      cause,
      details: cause instanceof Error ? placesOf(cause) : [],
    });
  }
  const names: readonly string[] = name === undefined ? usualExports : [name];
  const found = names.find((each) => exported[each] !== undefined);
  const activities = found === undefined ? undefined : exported[found];
  if (typeof activities === "object" && activities !== null) {
    return activities as ActivityDefinitions;
  }
  const wanted =
    name === undefined ? "neither `activities` nor a default export" : `no \`${name}\``;
  throw new CliError(
    `${path} has ${wanted} that is an object: export \`activities = defineActivities({ ... })\`, or name another export with --export`,
  );
}

/** The first lines of the stack. Where Node's own loader was when it failed tells nothing. */
function placesOf({ stack = "" }: Error): readonly string[] {
  const lines = stack.split("\n").slice(1);
  return lines.filter((line) => !line.includes("(node:internal/")).slice(0, 5);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
