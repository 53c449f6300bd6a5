import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildWorkspace } from "@flawless-ts/test-helpers/rust-toolchain";

const workspace = fileURLToPath(new URL("obelisk/", import.meta.url));
const answerWithinMs = 10_000;

/** The environment variable with the path of Obelisk's program; without it, the `PATH` is searched. */
export const obeliskVariable = "OBELISK_BIN";

/** How to install it, for those who lack it. */
export const obeliskInstallation =
  "`cargo install obelisk --locked`, which needs `protoc` (Debian: protobuf-compiler)";

/** Obelisk's program on this machine. */
export interface ObeliskProgram {
  readonly path: string;
  /** For example `0.38.3`. */
  readonly version: string;
}

/**
 * Finds the program `obelisk`.
 *
 * @param environment where to look: its {@link obeliskVariable}, or else its `PATH`
 * @throws Error if there is none, or it does not run
 */
export function findObeliskProgram(
  environment: Readonly<Record<string, string | undefined>>,
): ObeliskProgram {
  const named = environment[obeliskVariable];
  const candidates =
    named === undefined
      ? (environment["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "obelisk"))
      : [named];
  const path = candidates.find(isExecutable);
  if (path === undefined) {
    throw new Error(
      named === undefined
        ? `the program \`obelisk\` is not on the PATH (${obeliskInstallation}; or name it in ${obeliskVariable})`
        : `${obeliskVariable} names ${named}, which is not a program (${obeliskInstallation})`,
    );
  }
  const { status, stdout } = spawnSync(path, ["--version"], {
    encoding: "utf8",
    timeout: answerWithinMs,
  });
  const version = /^obelisk (\S+)/.exec(stdout ?? "")?.[1];
  if (status !== 0 || version === undefined) {
    throw new Error(`${path} --version was not answered with a version of Obelisk`);
  }
  return { path, version };
}

/** The components' files. */
export interface ObeliskComponents {
  readonly activities: string;
  readonly workflows: string;
}

/**
 * Builds the components of the benchmark from Rust, unless they are up to date.
 * @throws Error if there is no Rust for WebAssembly, or the build fails
 */
export function buildObeliskComponents(): ObeliskComponents {
  const built = buildWorkspace(workspace);
  const file = (name: string): string => join(built, name);
  const components = {
    activities: file("bench_activities.component.wasm"),
    workflows: file("bench_workflows.component.wasm"),
  };
  execFileSync(
    "cargo",
    [
      ...["run", "--locked", "--quiet", "--release", "--package", "componentize", "--"],
      ...[file("bench_activities.wasm"), components.activities],
      ...[file("bench_workflows.wasm"), components.workflows],
    ],
    { cwd: workspace, stdio: ["ignore", "ignore", "inherit"] },
  );
  return components;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
