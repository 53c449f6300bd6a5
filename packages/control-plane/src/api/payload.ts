import { parseJson, writeJson } from "@flawless-ts/sdk";
import { ControlPlaneError } from "../errors.ts";

const maxLevels = 100;

/**
 * Parses JSON text without losing digits of large integers.
 *
 * @throws ControlPlaneError `INVALID_REQUEST` if it is nested too deeply
 */
export function readExactly(text: string): unknown {
  if (levelsOf(text) > maxLevels) {
    throw new ControlPlaneError(
      "INVALID_REQUEST",
      `The body is nested more than ${maxLevels} levels deep.`,
    );
  }
  return parseJson(text);
}

/**
 * Writes a payload as JSON text.
 *
 * @throws ControlPlaneError `INVALID_REQUEST` if UTF-8 can't encode it
 */
export function payloadText(payload: unknown): string {
  try {
    return writeJson(payload);
  } catch (error) {
    throw new ControlPlaneError(
      "INVALID_REQUEST",
      `The payload can't be kept: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** How deeply arrays and objects are nested in valid JSON text. */
function levelsOf(text: string): number {
  let levels = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") {
      levels += 1;
      deepest = Math.max(deepest, levels);
    } else if (token === "]" || token === "}") {
      levels -= 1;
    }
  }
  return deepest;
}
