import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Description } from "../guest/engine.ts";
import { inspectModule, InvalidOptionError, ModuleError } from "@flawless-ts/wasm-module";
import {
  bytesPerPage,
  moduleVersionSeparator,
  optionNames,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal";
import { assembleModule } from "./assemble-module.ts";
import { BuildError, type BuildProblem, plainProblem, refuse } from "./build-error.ts";
import { bundle, type Bundle, type BundleSource } from "./bundle.ts";
import { type CheckedScript, decoratorPlaces, missingGlobals } from "./check-script.ts";
import { contractSection } from "./contract-types/contract-section.ts";
import { extensionsSection } from "./custom-section.ts";
import { emitModuleTypes } from "./contract-types/emit-module-types.ts";
import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import { dataSegments } from "./data-segments.ts";
import { entryProblem } from "./entry-problem.ts";
import type { LoadedScript } from "./evaluate-script.ts";
import { freeNames } from "./free-names.ts";
import {
  EvaluationTimeout,
  loadScript,
  prepareEngine,
  type PreparedJavaScriptEngine,
} from "./load-script.ts";
import { lowerFiles } from "./lower-decorators.ts";
import { mapStack } from "./map-stack.ts";
import { markLoops } from "./mark-loops.ts";
import { missingGlobal } from "./missing-global.ts";
import { concat } from "./module-bytes.ts";
import { shownFile } from "./source-place.ts";
import { shownScriptProblem } from "./script-problem.ts";
import { sourcePositions } from "./source-positions.ts";
import { type FilePlace, SourceTexts } from "./source-texts.ts";

/** What to build. */
export interface BuildModuleOptions {
  /** The file whose default export is the result of `defineModule`: a path or a `file:` URL. */
  readonly entry: string | URL;
  /** The file's text, if it differs from that on disk. Imports are resolved from the directory of `entry`. */
  readonly source?: string | undefined;
  /**
   * Whether to include the types of its workflows' inputs and outputs in the module, for `flawless types`. The
   * TypeScript compiler installed where `entry` is finds them during the build. Default true, but false if `source` is
   * given, because the compiler sees only files.
   */
  readonly types?: boolean | undefined;
  /**
   * How long the top level of the files may compute during the build, in milliseconds. Default 10,000. It is evaluated
   * twice, and each time may take that long.
   */
  readonly evaluationTimeoutMs?: number | undefined;
}

const buildOptionNames = optionNames<BuildModuleOptions>({
  entry: true,
  source: true,
  types: true,
  evaluationTimeoutMs: true,
});

const defaultEvaluationTimeoutMs = 10_000;
/** How long an endless script is watched to find the loop. */
const loopSearchMs = 1_000;
/** The max that timers support. */
const maxEvaluationTimeoutMs = 2 ** 31 - 2_000;

/** The result of a build. */
export interface BuiltModule {
  readonly name: string;
  readonly version: string;
  /** In the order of `defineModule`. */
  readonly workflows: readonly string[];
  /** The module; the same source gives the same bytes. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** The files that it was built from, as absolute paths; for watching. */
  readonly files: readonly string[];
  /** The types of the workflows' inputs and outputs, as stored in the module; undefined if omitted. */
  readonly types: ModuleTypes | undefined;
  /** What may fail when a workflow runs: packages use globals that it doesn't have. */
  readonly warnings: readonly BuildProblem[];
  /** Why `types` were omitted although they were requested. */
  readonly typesProblem: string | undefined;
}

/**
 * Builds a Flawless module from a TypeScript file. It needs no Rust: the file and everything it imports are bundled,
 * evaluated once in this package's JavaScript engine, and stored as that engine's memory.
 *
 * ```ts
 * const { wasm } = await buildModule({ entry: "src/orders.ts" });
 * ```
 *
 * @throws {BuildError} which says what is wrong, and where.
 * @throws {InvalidOptionError} naming the invalid option.
 */
export async function buildModule(options: BuildModuleOptions): Promise<BuiltModule> {
  refuseUnknownOptions(options, buildOptionNames);
  const source = sourceOf(options);
  const timeoutMs = timeoutOf(options);
  const texts = new SourceTexts(
    new Map(source.text === undefined ? [] : [[source.file, source.text]]),
  );
  const missing = source.text === undefined ? await entryProblem(source.file) : undefined;
  if (missing !== undefined) throw new BuildError([missing]);
  const { types: wanted = options.source === undefined } = options;
  const emitting = wanted ? emitModuleTypes(source.file) : undefined;
  const [engine, first] = await Promise.all([prepareEngine(), bundle(source, texts)]);
  const evaluate = (bundled: Bundle): Evaluation => {
    const positions = sourcePositions(bundled, source.file);
    // Finds the names while another thread evaluates the script.
    const loading = load(engine, bundled, source.file, timeoutMs);
    loading.catch(() => undefined);
    const names = freeNames(bundled.code);
    return { loading, checked: { bundled, names, positions, file: source.file, texts } };
  };
  let evaluation = evaluate(first);
  const decorators = decoratorPlaces(evaluation.checked);
  if (decorators.length > 0) {
    const lowered = await lowerFiles(decorators, texts);
    evaluation = evaluate(await bundle(source, texts, lowered));
  }
  const { checked } = evaluation;
  const { bundled, names, positions } = checked;
  const script = await evaluation.loading;
  if (!script.loaded) {
    const { message, place } = mapStack(script.problem, positions, source.file);
    if (script.isTimeUp) {
      const loop = await endlessLoop(engine, checked, timeoutMs).catch(() => null);
      throw timeoutError(timeoutMs, source.file, texts, loop ?? place);
    }
    const at = place ?? { file: source.file, line: 1, column: 1 };
    const [, name] = /^ReferenceError: (\S+) is not defined/.exec(message) ?? [];
    throw new BuildError([
      name !== undefined && names.used.some((used) => used.name === name)
        ? texts.problem("FLAWLESS_BUILD_MISSING_GLOBAL", missingGlobal(name), at)
        : texts.problem("FLAWLESS_BUILD_NO_MODULE", shownScriptProblem(message), at),
    ]);
  }
  const { description, memory } = script;
  const { errors, warnings } = missingGlobals(checked, description.globals);
  refuse(errors);
  checkNames(description, source.file);
  const emitted = await emitting;
  const assembled = assembleModule(engine.bytes, {
    ...description,
    segments: dataSegments(memory),
    memoryPages: memory.length / bytesPerPage,
    sourceMap: new TextEncoder().encode(JSON.stringify(positions)),
  });
  const types = emitted?.types;
  const sections = [extensionsSection(), ...(types === undefined ? [] : [contractSection(types)])];
  const wasm = concat([assembled, ...sections]);
  try {
    inspectModule(wasm);
  } catch (cause) {
    if (!ModuleError.is(cause)) throw cause;
    throw new BuildError([plainProblem("FLAWLESS_BUILD_BAD_NAME", cause.message)], { cause });
  }
  const { name, version, workflows } = description;
  return {
    name,
    version,
    workflows,
    wasm,
    files: bundled.files,
    warnings,
    types,
    typesProblem: emitted?.types === undefined ? emitted?.reason : undefined,
  };
}

function sourceOf({ entry, source }: BuildModuleOptions): BundleSource {
  if (typeof entry !== "string" && !(entry instanceof URL && entry.protocol === "file:")) {
    throw new InvalidOptionError(
      "entry",
      `expected a path or a file: URL of a TypeScript file, but got ${String(entry)}.`,
    );
  }
  return { file: typeof entry === "string" ? resolve(entry) : fileURLToPath(entry), text: source };
}

function timeoutOf({
  evaluationTimeoutMs: timeoutMs = defaultEvaluationTimeoutMs,
}: BuildModuleOptions): number {
  if (timeoutMs > 0 && timeoutMs <= maxEvaluationTimeoutMs) return timeoutMs;
  throw new InvalidOptionError(
    "evaluationTimeoutMs",
    `expected a number of milliseconds above 0, up to ${maxEvaluationTimeoutMs}, but got ${String(timeoutMs)}.`,
  );
}

/** A script that is being evaluated. */
interface Evaluation {
  readonly checked: CheckedScript;
  readonly loading: Promise<LoadedScript>;
}

/** Evaluates an endless script once more, to find out which loop it is in. */
async function endlessLoop(
  engine: PreparedJavaScriptEngine,
  { bundled, positions, file }: CheckedScript,
  timeoutMs: number,
): Promise<FilePlace | null> {
  const marked = markLoops(bundled.code, bundled.code.indexOf("\n"));
  const script = await loadScript(engine, marked.code, Math.min(timeoutMs, loopSearchMs));
  if (script.loaded || !script.isTimeUp) return null;
  const { message, stack } = script.problem;
  return mapStack({ message, stack: marked.unmark(stack) }, positions, file).place;
}

function timeoutError(
  timeoutMs: number,
  file: string,
  texts: SourceTexts,
  place: FilePlace | null,
): BuildError {
  const message =
    `Expected the top level of the module's files to end within ${timeoutMs / 1000} s, but it still computes. ` +
    "It runs while the module is built: move long computations into a workflow, or raise `evaluationTimeoutMs` (`--evaluation-timeout` of `flawless build`).";
  const shown = place === null ? `${shownFile(file)}: ${message}` : message;
  return new BuildError([texts.problem("FLAWLESS_BUILD_TIMEOUT", shown, place)]);
}

async function load(
  engine: PreparedJavaScriptEngine,
  bundled: Bundle,
  file: string,
  timeoutMs: number,
): Promise<LoadedScript> {
  try {
    return await loadScript(engine, bundled.code, timeoutMs);
  } catch (cause) {
    if (cause instanceof EvaluationTimeout) {
      throw timeoutError(timeoutMs, file, new SourceTexts(), null);
    }
    const message =
      `Expected code that fits the engine's memory, but evaluating ${shownFile(file)} ended it: ` +
      `${cause instanceof Error ? cause.message : String(cause)}. Make what the file computes at its top level smaller.`;
    throw new BuildError([plainProblem("FLAWLESS_BUILD_TOO_LARGE", message)], { cause });
  }
}

function checkNames({ name, version, workflows }: Description, file: string): void {
  const shown = shownFile(file);
  for (const [what, value] of [
    ["name", name],
    ["version", version],
    ...workflows.map((workflow) => ["workflow's name", workflow] as const),
  ] as const) {
    if (value.includes(moduleVersionSeparator)) {
      const message = `${shown}: the ${what} must not contain ${moduleVersionSeparator}.`;
      throw new BuildError([plainProblem("FLAWLESS_BUILD_BAD_NAME", message)]);
    }
  }
  if (workflows.length === 0) {
    const message = `${shown}: expected at least one workflow in defineModule({ workflows: { ... } }).`;
    throw new BuildError([plainProblem("FLAWLESS_BUILD_NO_MODULE", message)]);
  }
}
