import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const flags = ["-O2", "-s", "-std=gnu11", "-Wall", "-Wextra", "-Werror"];

/**
 * Compiles and links the C files of a directory to one WASI program.
 *
 * @throws Error if there is no compiler for WASI, or the build fails.
 */
export function buildProgram(directory: string, extraFlags: readonly string[]): Uint8Array {
  const [compiler, ...own] = toolchain();
  const files = readdirSync(directory).filter((file) => file.endsWith(".c"));
  const target = mkdtempSync(join(tmpdir(), "wasi-fixture-"));
  const output = join(target, "program.wasm");
  try {
    const options = [...own, ...flags, ...extraFlags, ...files.toSorted(), "-o", output];
    execFileSync(compiler, options, { cwd: directory, stdio: "inherit" });
    return readFileSync(output);
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** Debian's clang 14 with its wasi-libc, or the WASI SDK at `WASI_SDK_PATH`. */
function toolchain(): readonly [compiler: string, ...flags: string[]] {
  const sdk = process.env["WASI_SDK_PATH"];
  if (sdk) return [join(sdk, "bin", "clang")];
  const linker = ["/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld-14"].find(existsSync);
  const compiler = "/usr/bin/clang-14";
  const needed = [compiler, "/usr/lib/wasm32-wasi/libc.a"];
  if (!linker || !needed.every(existsSync)) {
    throw new Error(
      "No C compiler for WASI. On Debian: apt-get install clang-14 lld-19 wasi-libc " +
        "libclang-rt-14-dev-wasm32. Elsewhere: set WASI_SDK_PATH to a WASI SDK.",
    );
  }
  return [compiler, "--target=wasm32-wasi", `-fuse-ld=${linker}`];
}
