import { stat } from "node:fs/promises";
import { type BuildProblem, plainProblem } from "./build-error.ts";
import { shownFile } from "./source-place.ts";

const extensions = [".ts", ".mts", ".js", ".mjs"];

/** Why a module's file can't be read; undefined if it can. */
export async function entryProblem(file: string): Promise<BuildProblem | undefined> {
  const kind = await kindOf(file);
  if (kind === "file") return undefined;
  const expected = "the TypeScript file whose default export is defineModule({ ... })";
  const message =
    kind === "other"
      ? `Expected ${expected}, but ${shownFile(file)} is not a file.`
      : `Can't find ${shownFile(file)}: expected ${expected}.${await suggestion(file)}`;
  return plainProblem("FLAWLESS_BUILD_SOURCE", message);
}

async function suggestion(file: string): Promise<string> {
  for (const extension of extensions) {
    if ((await kindOf(file + extension)) === "file") {
      return ` Did you mean ${shownFile(file + extension)}?`;
    }
  }
  return "";
}

async function kindOf(file: string): Promise<"file" | "other" | "missing"> {
  try {
    return (await stat(file)).isFile() ? "file" : "other";
  } catch {
    return "missing";
  }
}
