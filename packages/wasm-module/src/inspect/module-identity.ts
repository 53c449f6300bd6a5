import { quoteShortened } from "../shorten.ts";
import { expectFunction } from "./expect-function.ts";
import { moduleExportPrefix, moduleVersionSeparator, parseWorkflowExport } from "./export-names.ts";
import { ModuleError } from "./module-error.ts";
import type { RawExport } from "./module-structure.ts";

/** A module's name and version. */
export interface ModuleIdentity {
  readonly name: string;
  readonly version: string;
}

const maxNameLength = 255;
/** For all workflows together: a server stores the names of every deployed module. */
const maxNamesLength = 65_536;

/**
 * Finds a module's name and version among its exports.
 *
 * @throws {ModuleError} if they are missing, occur twice, or are invalid.
 */
export function findIdentity(exports: readonly RawExport[]): ModuleIdentity {
  const names = exports
    .map((each) => each.name)
    .filter((name) => name.startsWith(moduleExportPrefix));
  const [exportName, second] = names;
  if (exportName === undefined) {
    throw new ModuleError(
      "FLAWLESS_MODULE_NO_NAME",
      `Expected an export "${moduleExportPrefix}NAME${moduleVersionSeparator}VERSION", but there is none: this is not a ` +
        'Flawless module. In Rust, write flawless::module! { name = "...", version = "..." }.',
    );
  }
  if (second !== undefined) {
    throw new ModuleError(
      "FLAWLESS_MODULE_TWO_NAMES",
      `Expected one name and version, but the module exports ${names.length} of them: ` +
        `${quoteShortened(exportName)} and ${quoteShortened(second)}. In Rust, write flawless::module! once.`,
    );
  }
  const parts = exportName.slice(moduleExportPrefix.length).split(moduleVersionSeparator);
  const [name, version] = parts;
  if (name === undefined || version === undefined || parts.length !== 2) {
    throw new ModuleError(
      "FLAWLESS_MODULE_BAD_NAME",
      `Expected a name and a version with ${moduleVersionSeparator} between them, but got ${quoteShortened(exportName)}.`,
    );
  }
  checkName("name", name);
  checkName("version", version);
  return { name, version };
}

/**
 * Finds the workflows among a module's exports, in the order of their first halves.
 *
 * @throws {ModuleError} if there is none, only half of one, or one with an invalid name or type.
 */
export function findWorkflows(exports: readonly RawExport[]): readonly string[] {
  const halves = { init: new Set<string>(), run: new Set<string>() };
  const types = { init: "() -> i32", run: "() -> ()" };
  let namesLength = 0;
  for (const each of exports) {
    const parsed = parseWorkflowExport(each.name);
    if (parsed === null) continue;
    checkName("workflow name", parsed.workflow);
    expectFunction(each, types[parsed.half]);
    namesLength += parsed.half === "init" ? parsed.workflow.length : 0;
    if (namesLength > maxNamesLength) {
      throw new ModuleError(
        "FLAWLESS_MODULE_TOO_MANY_ENTRIES",
        `Expected workflows whose names have at most ${maxNamesLength} characters together, but there are more. ` +
          "Split the module, or shorten the names.",
      );
    }
    halves[parsed.half].add(parsed.workflow);
  }
  for (const workflow of halves.init) {
    if (!halves.run.has(workflow))
      throw halfMissing("FLAWLESS_MODULE_INIT_WITHOUT_RUN", workflow, "init", "run");
  }
  for (const workflow of halves.run) {
    if (!halves.init.has(workflow))
      throw halfMissing("FLAWLESS_MODULE_RUN_WITHOUT_INIT", workflow, "run", "init");
  }
  if (halves.init.size === 0) {
    throw new ModuleError(
      "FLAWLESS_MODULE_NO_WORKFLOW",
      'Expected at least one workflow, but the module exports none. In Rust, mark a function with #[workflow("NAME")].',
    );
  }
  return [...halves.init];
}

function checkName(what: string, name: string): void {
  const problem =
    name === ""
      ? "it is empty"
      : name.length > maxNameLength
        ? `it is longer than ${maxNameLength} characters`
        : /\p{Cc}/u.test(name)
          ? `it has control characters: ${quoteShortened(name)}`
          : null;
  if (problem !== null)
    throw new ModuleError(
      "FLAWLESS_MODULE_BAD_NAME",
      `The module's ${what} cannot be used: ${problem}.`,
    );
}

function halfMissing(
  code: "FLAWLESS_MODULE_INIT_WITHOUT_RUN" | "FLAWLESS_MODULE_RUN_WITHOUT_INIT",
  workflow: string,
  found: string,
  missing: string,
): ModuleError {
  return new ModuleError(
    code,
    `The workflow ${quoteShortened(workflow)} has the export "#flawless#workflow#${found}#…", but not ` +
      `"#flawless#workflow#${missing}#…". Build with flawless 1.0.0-beta.3, whose #[workflow] makes both.`,
  );
}
