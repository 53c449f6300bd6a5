import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

const target = "wasm32-wasip1";

interface Toolchain {
  /** Given to `cargo build` beside the usual ones. */
  readonly cargoArguments: readonly string[];
  readonly rustFlags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Builds a Cargo workspace in release mode for `wasm32-wasip1` and returns the directory of the
 * `.wasm` files, `target/` of the workspace or what `CARGO_TARGET_DIR` says.
 *
 * @throws Error when there is no toolchain for the target, or the build fails.
 */
export function buildWorkspace(workspace: string): string {
  const toolchain = debianToolchain() ?? installedToolchain();
  if (!toolchain) {
    throw new Error(
      `No Rust toolchain for ${target}. On Debian: apt-get install rustc-web cargo-web rust-web-src ` +
        `clang-14 lld-19 wasi-libc libclang-rt-14-dev-wasm32. Elsewhere: rustup target add ${target}.`,
    );
  }
  const environment: NodeJS.ProcessEnv = { ...process.env, ...toolchain.environment };
  const targetDirectory = resolve(workspace, process.env["CARGO_TARGET_DIR"] ?? "target");
  environment["CARGO_TARGET_DIR"] = targetDirectory;
  const sysroot = outputOf("rustc", ["--print", "sysroot"], environment);
  // Panic messages name source files; these flags keep the machine's directories out of them.
  const places = [
    [`${workspace}/`, ""],
    [join(sysroot, "lib/rustlib/src/rust"), "rust"],
  ];
  const remapped = places.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  // Unlike RUSTFLAGS it allows spaces in a path; Cargo splits it at this control character.
  environment["CARGO_ENCODED_RUSTFLAGS"] = [...toolchain.rustFlags, ...remapped].join("\u001f");
  const options = ["build", "--locked", "--release", "--target", target];
  execFileSync("cargo", [...options, ...toolchain.cargoArguments], {
    cwd: workspace,
    env: environment,
    stdio: "inherit",
  });
  return join(targetDirectory, target, "release");
}

/**
 * Debian has no ready standard library for the target, but its source: it is built along. Its
 * wasi-libc takes the place of the one that Rust's own distribution brings.
 */
function debianToolchain(): Toolchain | undefined {
  const linker = ["/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld-14"].find(existsSync);
  const compiler = "/usr/bin/clang-14";
  const needed = [
    compiler,
    "/usr/bin/cargo",
    "/usr/bin/rustc",
    "/usr/lib/rustlib/src/rust/library",
    "/usr/lib/wasm32-wasi/libc.a",
  ];
  if (!linker || !needed.every(existsSync)) return undefined;
  return {
    cargoArguments: ["-Z", "build-std=std,panic_abort"],
    rustFlags: [
      ["-C", "linker-flavor=gcc"],
      ["-C", "link-self-contained=no"],
      ["-C", "link-arg=--target=wasm32-wasi"],
      ["-C", `link-arg=-fuse-ld=${linker}`],
    ].flat(),
    environment: {
      PATH: ["/usr/bin", process.env["PATH"]].join(delimiter),
      // `-Z` is for nightly compilers, and Debian's is a stable one.
      RUSTC_BOOTSTRAP: "1",
      CARGO_TARGET_WASM32_WASIP1_LINKER: compiler,
    },
  };
}

function installedToolchain(): Toolchain | undefined {
  try {
    const options = ["--print", "target-libdir", "--target", target];
    if (!existsSync(outputOf("rustc", options, process.env))) return undefined;
  } catch {
    return undefined;
  }
  return { cargoArguments: [], rustFlags: [], environment: {} };
}

function outputOf(program: string, options: string[], environment: NodeJS.ProcessEnv): string {
  return execFileSync(program, options, { encoding: "utf8", env: environment }).trim();
}
