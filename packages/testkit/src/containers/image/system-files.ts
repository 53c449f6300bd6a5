import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { TestkitError } from "../../errors.ts";
import { type ContextEntry, directoryEntry, textEntry } from "./context-entry.ts";
import { imagePaths, imageUser } from "./image-paths.ts";

const run = promisify(execFile);
const sampleBytes = 1024 * 1024;
/** The C library loads them for name lookups; newer versions have them built in. */
const lookedUpLater = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];

/** The parts of the system that programs in an image from scratch need. */
export interface SystemFiles extends AsyncDisposable {
  readonly entries: readonly ContextEntry[];
}

/**
 * Identifies this Node without reading all of it: 150 MB take seconds on a busy machine.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_IMAGE_FAILED` if an image can't be made from this machine's Node
 */
export async function systemIdentity(): Promise<string> {
  const libraries = await nodeLibraries();
  const hash = createHash("sha256").update(`${process.version} ${process.arch}`);
  for (const path of libraries) {
    hash.update(path).update(await sampleOf(path));
  }
  return hash.update(await sampleOf(process.execPath)).digest("hex");
}

/**
 * Node with its libraries, CA certificates, a user, and a folder for temporary files. Dispose of it once they are sent.
 */
export async function systemFiles(folder: string): Promise<SystemFiles> {
  const directory = await mkdtemp(join(tmpdir(), "flawless-ts-image-"));
  try {
    const node = await strippedNode(join(directory, "node"));
    const libraries = await nodeLibraries();
    const certificates = `${rootCertificates.join("\n")}\n`;
    const user = `flawless:x:${imageUser}:${imageUser}:flawless:/data:/sbin/nologin\n`;
    const entries = [
      { path: `${folder}${imagePaths.node}`, mode: 0o755, source: { file: node } },
      ...libraries.map((path) => ({
        path: `${folder}${path}`,
        mode: 0o755,
        source: { file: realpathSync(path) },
      })),
      textEntry(`${folder}/etc/ssl/certs/ca-certificates.crt`, certificates),
      textEntry(`${folder}/etc/passwd`, `root:x:0:0:root:/:/sbin/nologin\n${user}`),
      textEntry(`${folder}/etc/group`, `root:x:0:\nflawless:x:${imageUser}:\n`),
      textEntry(`${folder}/etc/nsswitch.conf`, "hosts: files dns\n"),
      directoryEntry(`${folder}/tmp`, 0o1777),
    ];
    return {
      entries,
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Without its symbols, Node is a fifth smaller. If there is no `strip`, it is used as it is. */
async function strippedNode(target: string): Promise<string> {
  try {
    await run("strip", ["--strip-all", "-o", target, process.execPath]);
    await run(target, ["--version"]);
    return target;
  } catch {
    return process.execPath;
  }
}

/** The libraries that the loader finds for Node, and the loader itself. */
export async function nodeLibraries(): Promise<readonly string[]> {
  if (process.platform !== "linux") {
    throw noImage(`this is ${process.platform}`);
  }
  let output: string;
  try {
    // With this, the GNU C library's loader lists what it would load, and doesn't start the program (ld.so(8)).
    const env = { LD_TRACE_LOADED_OBJECTS: "1", PATH: process.env["PATH"] ?? "" };
    ({ stdout: output } = await run(process.execPath, ["--version"], { env }));
  } catch (error) {
    throw noImage("its loader does not tell the libraries of Node", error);
  }
  const paths = loadedLibraries(output);
  const cLibrary = paths.find((path) => path.endsWith("/libc.so.6"));
  if (cLibrary === undefined) {
    throw noImage("its Node is not linked with the GNU C library");
  }
  const later = lookedUpLater
    .map((name) => join(dirname(cLibrary), name))
    .filter((path) => existsSync(path));
  return [...new Set([...paths, ...later])].toSorted();
}

/** Parses the loader's list: `NAME => PATH (ADDRESS)`, or `PATH (ADDRESS)`. */
export function loadedLibraries(output: string): readonly string[] {
  return output
    .split("\n")
    .map((line) => /(?:=> )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line.trim())?.[1])
    .filter((path) => path !== undefined);
}

/** A program's beginning, end and length: they contain its headers, build id and version. */
async function sampleOf(path: string): Promise<string> {
  await using file = await open(path);
  const { size } = await file.stat();
  const hash = createHash("sha256").update(String(size));
  for (const position of [0, Math.max(0, size - sampleBytes)]) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(sampleBytes), { position });
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest("hex");
}

function noImage(reason: string, cause?: unknown): TestkitError {
  return new TestkitError(
    "FLAWLESS_TESTKIT_IMAGE_FAILED",
    `An image can be made of this machine's own Node on Linux with the GNU C library only, but ${reason}. Use a public base: pull one by \`docker pull node:slim\` and name it, as in new FlawlessContainer({ image: { base: "node:slim" } }), or allow the download, { image: { base, pull: true } }.`,
    { cause },
  );
}
