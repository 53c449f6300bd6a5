import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** The Rust targets of fixtures. */
export type RustTarget = "wasm32-unknown-unknown" | "wasm32-wasip1";

/** The Debian packages that builds for a target need. */
const debianPackages: Readonly<Record<RustTarget, string>> = {
  "wasm32-unknown-unknown": "rustc-web cargo-web rust-web-src lld-19",
  "wasm32-wasip1":
    "rustc-web cargo-web rust-web-src clang-14 lld-19 wasi-libc libclang-rt-14-dev-wasm32",
};

interface Toolchain {
  readonly buildsStandardLibrary: boolean;
  /** Additional arguments for `cargo build`. */
  readonly cargoArguments: readonly string[];
  readonly rustFlags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What a workspace needs in addition to the defaults. */
export interface WorkspaceOptions {
  /** Default: `wasm32-unknown-unknown`. */
  readonly target?: RustTarget;
  readonly rustFlags?: readonly string[];
  /**
   * A directory above workspaces with the same toolchain, profile and flags: they share its `target/`, so that the
   * standard library and whatever else they have in common is compiled once.
   */
  readonly sharedDirectory?: string;
  /** Flags for builds that include the standard library: they don't work with a prebuilt one. */
  readonly standardLibraryFlags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Builds a Cargo workspace in release mode and returns the directory of the `.wasm` files, in `target/` of the workspace, in
 * that of the shared directory, or in `CARGO_TARGET_DIR`.
 *
 * @throws Error if there is no toolchain for the target, or the build fails
 */
export function buildWorkspace(workspace: string, options: WorkspaceOptions = {}): string {
  const { target = "wasm32-unknown-unknown", sharedDirectory } = options;
  const toolchain = debianToolchain(target) ?? installedToolchain(target);
  if (!toolchain) {
    throw new Error(
      `No Rust toolchain for ${target}. On Debian: apt-get install ${debianPackages[target]}. ` +
        `Elsewhere: rustup target add ${target}.`,
    );
  }
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...toolchain.environment,
    ...options.environment,
  };
  const run = (program: string, ...parameters: string[]): void => {
    execFileSync(program, parameters, { cwd: workspace, env: environment, stdio: "inherit" });
  };
  // Fetched first, because the directories of the unpacked crates must exist to be remapped.
  run("cargo", "fetch", "--locked");
  const targetDirectory = resolve(
    sharedDirectory ?? workspace,
    process.env["CARGO_TARGET_DIR"] ?? "target",
  );
  environment["CARGO_TARGET_DIR"] = targetDirectory;
  const sysroot = outputOf("rustc", ["--print", "sysroot"], environment);
  const rustFlags = [
    ...toolchain.rustFlags,
    ...(options.rustFlags ?? []),
    ...(toolchain.buildsStandardLibrary ? (options.standardLibraryFlags ?? []) : []),
    // Cargo compiles again what it has compiled with other flags, so those that share have the same paths.
    ...remappedPaths(
      sharedDirectory === undefined ? [workspace] : inside(sharedDirectory),
      sysroot,
    ),
  ];
  // Unlike RUSTFLAGS, this allows spaces in paths; Cargo splits it at this control character.
  environment["CARGO_ENCODED_RUSTFLAGS"] = rustFlags.join("\u001f");
  run("cargo", "build", "--locked", "--release", "--target", target, ...toolchain.cargoArguments);
  return join(targetDirectory, target, "release");
}

/** Panic messages contain source paths; these flags keep the machine's directories out of them. */
function remappedPaths(workspaces: readonly string[], sysroot: string): string[] {
  const crates = join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "registry", "src");
  const registries = existsSync(crates) ? readdirSync(crates) : [];
  const places: [string, string][] = [
    ...workspaces.map((workspace): [string, string] => [`${workspace}/`, ""]),
    ...registries.map((registry): [string, string] => [join(crates, registry), "crates"]),
    [join(sysroot, "lib/rustlib/src/rust"), "rust"],
  ];
  return places.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}

/** The directories in a directory, such as all workspaces in one. */
function inside(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "target")
    .map(({ name }) => join(directory, name))
    .toSorted();
}

/** Debian has no prebuilt standard library for the targets, but its source, so it is built as well. */
function debianToolchain(target: RustTarget): Toolchain | undefined {
  const needed = ["/usr/bin/cargo", "/usr/bin/rustc", "/usr/lib/rustlib/src/rust/library"];
  const linking = target === "wasm32-wasip1" ? wasiLinking() : plainLinking();
  if (!linking || !needed.every(existsSync)) {
    return undefined;
  }
  return {
    buildsStandardLibrary: true,
    cargoArguments: ["-Z", "build-std=std,panic_abort"],
    rustFlags: linking.rustFlags,
    environment: {
      PATH: ["/usr/bin", process.env["PATH"]].join(delimiter),
      // `-Z` needs a nightly compiler, but Debian's is stable.
      RUSTC_BOOTSTRAP: "1",
      ...linking.environment,
    },
  };
}

type Linking = Pick<Toolchain, "rustFlags" | "environment">;

function plainLinking(): Linking | undefined {
  const linker = firstOf("/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld-20", "/usr/bin/wasm-ld-21");
  return linker === undefined
    ? undefined
    : {
        rustFlags: ["-C", "linker-flavor=wasm-ld"],
        environment: { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker },
      };
}

/** Debian's wasi-libc replaces the one of Rust's own distribution. */
function wasiLinking(): Linking | undefined {
  const linker = firstOf("/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld-14");
  const compiler = "/usr/bin/clang-14";
  if (linker === undefined || ![compiler, "/usr/lib/wasm32-wasi/libc.a"].every(existsSync)) {
    return undefined;
  }
  return {
    rustFlags: [
      ["-C", "linker-flavor=gcc"],
      ["-C", "link-self-contained=no"],
      ["-C", "link-arg=--target=wasm32-wasi"],
      ["-C", `link-arg=-fuse-ld=${linker}`],
    ].flat(),
    environment: { CARGO_TARGET_WASM32_WASIP1_LINKER: compiler },
  };
}

function firstOf(...paths: readonly string[]): string | undefined {
  return paths.find(existsSync);
}

function installedToolchain(target: RustTarget): Toolchain | undefined {
  try {
    const libraries = outputOf(
      "rustc",
      ["--print", "target-libdir", "--target", target],
      process.env,
    );
    if (!existsSync(libraries)) {
      return undefined;
    }
  } catch {
    return undefined;
  }
  return { buildsStandardLibrary: false, cargoArguments: [], rustFlags: [], environment: {} };
}

function outputOf(program: string, options: string[], environment: NodeJS.ProcessEnv): string {
  return execFileSync(program, options, { encoding: "utf8", env: environment }).trim();
}
