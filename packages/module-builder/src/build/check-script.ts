import { dirname, resolve } from "node:path";
import { originalPlace, ownFilePrefix, type SourcePositions } from "../guest/source-positions.ts";
import type { BuildProblem } from "./build-error.ts";
import type { Bundle } from "./bundle.ts";
import type { FreeName, FreeNames } from "./free-names.ts";
import { missingGlobal } from "./missing-global.ts";
import { isPackageFile } from "./own-files.ts";
import { placeAt } from "./source-place.ts";
import type { FilePlace, SourceTexts } from "./source-texts.ts";

/** A module's script, and the map back to the user's files. */
export interface CheckedScript {
  readonly bundled: Bundle;
  readonly names: FreeNames;
  readonly positions: SourcePositions;
  /** Absolute path of the module's file. */
  readonly file: string;
  readonly texts: SourceTexts;
}

/**
 * The locations of standard decorators, as opposed to TypeScript's `experimentalDecorators`: the engine doesn't support
 * them.
 */
export function decoratorPlaces(script: CheckedScript): FilePlace[] {
  return placesOf(script, script.names.decorators);
}

/**
 * Finds uses of globals that a workflow doesn't have. In the user's files they are errors. Packages have code for many
 * environments, most of which never runs in a workflow: there they are warnings, one for each file and name. A file
 * that checks for a name first (`typeof process`) may use it.
 *
 * @param globals those that the workflow has.
 */
export function missingGlobals(
  script: CheckedScript,
  globals: readonly string[],
): { readonly errors: BuildProblem[]; readonly warnings: BuildProblem[] } {
  const { names, texts } = script;
  const known = new Set([...globals, ...names.defined]);
  const isMissing = ({ name }: FreeName): boolean => !known.has(name);
  const asked = new Set(
    located(script, names.asked.filter(isMissing)).map(
      ({ name, place }) => `${name} ${place.file}`,
    ),
  );
  const errors: BuildProblem[] = [];
  const warnings = new Map<string, BuildProblem>();
  for (const { name, place } of located(script, names.used.filter(isMissing))) {
    const key = `${name} ${place.file}`;
    if (asked.has(key)) continue;
    const problem = texts.problem("FLAWLESS_BUILD_MISSING_GLOBAL", missingGlobal(name), place);
    if (!isPackageFile(place.file)) errors.push(problem);
    else if (!warnings.has(key)) warnings.set(key, problem);
  }
  return { errors, warnings: [...warnings.values()] };
}

function located(
  script: CheckedScript,
  names: readonly FreeName[],
): { readonly name: string; readonly place: FilePlace }[] {
  return names.flatMap(({ name, offset }) =>
    placesOf(script, [offset]).map((place) => ({ name, place })),
  );
}

/** Omits those that are not in the user's files. */
function placesOf(
  { bundled, positions, file }: CheckedScript,
  offsets: readonly number[],
): FilePlace[] {
  return offsets.flatMap((offset) => {
    const { line, column } = placeAt(bundled.code, offset);
    const original = originalPlace(positions, line, column);
    return original === undefined || original.file.startsWith(ownFilePrefix)
      ? []
      : [{ ...original, file: resolve(dirname(file), original.file) }];
  });
}
