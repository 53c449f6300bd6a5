import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const directory = fileURLToPath(new URL("../../interop/rust-client/", import.meta.url));
const execute = promisify(execFile);

/** A line of the client's output: the result of one step. */
export interface ClientStep {
  readonly step: string;
  readonly ok?: unknown;
  readonly error?: string;
}

/** The result of a run of the client. */
export interface ClientRun {
  readonly exitCode: number;
  readonly steps: readonly ClientStep[];
}

/** What this machine lacks to build the client; `null` if nothing. */
export async function missingForRustClient(): Promise<string | null> {
  if (!(await succeeds("cargo", ["--version"]))) {
    return "there is no cargo";
  }
  const needsOpenSsl = process.platform === "linux" && process.env["OPENSSL_DIR"] === undefined;
  if (needsOpenSsl && !(await succeeds("pkg-config", ["--exists", "openssl"]))) {
    return "there are no headers of OpenSSL (Debian's libssl-dev and pkg-config)";
  }
  if (!(await succeeds("cargo", ["fetch", "--locked"]))) {
    return "cargo can't get the crates";
  }
  return null;
}

/**
 * Builds the client, unless it was built before.
 *
 * @returns the path of its program
 * @throws Error with the compiler's output
 */
export async function buildRustClient(): Promise<string> {
  // Not optimized, because it runs for a second, and compiling it takes longer than all else here.
  await execute("cargo", ["build", "--locked"], { cwd: directory });
  const target = resolve(directory, process.env["CARGO_TARGET_DIR"] ?? "target");
  return join(target, "debug", "rust-client");
}

/**
 * Runs the client, which deploys a module and executes its steps.
 *
 * @param token the token that it sends to the server; `null` for none
 * @throws Error if it didn't end by itself
 */
export async function runRustClient(
  program: string,
  server: { readonly url: string; readonly token: string | null; readonly modulePath: string },
): Promise<ClientRun> {
  const { exitCode, output } = await execute(program, [
    server.url,
    server.token ?? "-",
    server.modulePath,
  ]).then(
    ({ stdout }) => ({ exitCode: 0, output: stdout }),
    (error: Error & { readonly code?: unknown; readonly stdout?: string }) => {
      if (typeof error.code !== "number") {
        throw error;
      }
      return { exitCode: error.code, output: error.stdout ?? "" };
    },
  );
  const lines = output.split("\n").filter((line) => line !== "");
  return { exitCode, steps: lines.map((line) => JSON.parse(line) as ClientStep) };
}

async function succeeds(program: string, parameters: readonly string[]): Promise<boolean> {
  return execute(program, parameters, { cwd: directory }).then(
    () => true,
    () => false,
  );
}
