import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { inspectModule } from "@flawless-ts/wasm-module";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../testing/run-cli.ts";
import { neededTarballs, toolRanges } from "./init/project-manifest.ts";
import { projectName } from "./init/write-project.ts";

interface Manifest {
  readonly name: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const made = [
  ".gitignore",
  ".npmrc",
  "README.md",
  "package.json",
  "src/activities.ts",
  "src/orders.test.ts",
  "src/orders.ts",
  "tsconfig.json",
];

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
    .toSorted();
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(`${folder}/package.json`, "utf8")) as Manifest;
}

describe("flawless init", () => {
  test("creates a project in a new folder, and shows the next steps", async () => {
    const folder = directory.join("shops/My Shop");
    const { code, stdout, stderr } = await runCli(["init", folder]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`created the project my-shop in ${folder}: `);
    expect(stdout).toMatch(/Next:\n {2}cd ".*shops\/My Shop"\n {2}npm install\n {2}npm test /u);
    expect(await filesOf(folder)).toEqual(made);
    expect(await readFile(`${folder}/README.md`, "utf8")).toMatch(/^# my-shop\n/);
    expect(await manifestOf(folder)).toMatchObject({
      name: "my-shop",
      scripts: { dev: /^flawless dev src/, build: /^flawless build/, test: "vitest run" },
      dependencies: { "@flawless-ts/sdk": "^0.1.0", "@flawless-ts/wasm-module": "^0.1.0" },
    });
  });

  test("reports it with --json", async () => {
    const { stdout } = await runCli(["init", directory.path, "--json"]);
    const { files, ...rest } = JSON.parse(stdout) as { readonly files: readonly string[] };
    expect(rest).toEqual({ directory: directory.path, name: projectName(directory.path) });
    expect(files.toSorted()).toEqual(made);
  });

  test("its workflow can be built", async () => {
    await runCli(["init", directory.path]);
    const output = directory.join("orders.wasm");
    await runCli(["build", directory.join("src/orders.ts"), "-o", output, "--no-types"]);
    expect(inspectModule(await readFile(output))).toMatchObject({
      name: "orders",
      version: "1.0.0",
      workflows: ["checkout"],
    });
  });

  test("takes packages from a folder", async () => {
    const packages = directory.join("packed");
    await mkdir(packages);
    for (const name of neededTarballs) await writeFile(`${packages}/${name}`, "");
    const folder = directory.join("shop");
    expect(await runCli(["init", folder, "--packages", packages])).toMatchObject({ code: 0 });
    const { dependencies, devDependencies } = await manifestOf(folder);
    const ours = Object.values({ ...dependencies, ...devDependencies }).filter((range) =>
      range.startsWith("file:"),
    );
    expect(ours.toSorted()).toEqual(
      neededTarballs.map((name) => `file:../packed/${name}`).toSorted(),
    );
  });

  test("reports which packages the folder lacks", async () => {
    const folder = directory.join("shop");
    const { code, stderr } = await runCli(["init", folder, "--packages", directory.path]);
    expect(code).toBe(1);
    expect(stderr).toContain("has no flawless-ts-sdk-0.1.0.tgz, ");
    expect(stderr).toContain("Expected the files that `npm pack` makes");
    expect(await readdir(directory.path)).toEqual([]);
  });

  test("refuses a folder that is not empty, unless it is an empty repository", async () => {
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      await writeFile(directory.join(name), "mine");
    }
    const { code, stderr } = await runCli(["init", directory.path]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `error: ${directory.path} is not empty: it has a, b, c, d, e and 2 more. Expected an empty or new folder; name another one, such as \`flawless init my-workflows\`.\n`,
    );
    expect(await filesOf(directory.path)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);

    const repository = directory.join("repository");
    await mkdir(`${repository}/.git`, { recursive: true });
    expect(await runCli(["init", repository])).toMatchObject({ code: 0 });
  });

  test("creates no project in a file", async () => {
    const file = directory.join("file");
    await writeFile(file, "");
    const { code, stderr } = await runCli(["init", file]);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: Can't create a project in ${file}: ENOTDIR`);
  });

  test("reports that no folder can be created", async () => {
    const { code, stderr } = await runCli(["init", "/proc/a/shop"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error: Can't write the project to /proc/a/shop: ");
  });
});

test.each([
  ["/home/My Shop!", "my-shop"],
  ["/home/.hidden_", "hidden"],
  ["/", "workflows"],
  ["/home/日本", "workflows"],
])("a project in %s is named %s", (folder, name) => {
  expect(projectName(folder)).toBe(name);
});

test("npm refuses to install a project on a Node that is too old, and says which one it needs", async () => {
  await runCli(["init", directory.path]);
  const { engines } = await manifestOf(directory.path);
  expect(engines).toEqual({ node: ">=24" });
  // Any Node is too old for this one. It has no dependencies, so npm asks no registry.
  const manifest = { name: "shop", version: "1.0.0", engines: { node: ">=999" } };
  await writeFile(directory.join("package.json"), JSON.stringify(manifest));
  const install = promisify(execFile)("npm", ["install", "--offline"], { cwd: directory.path });
  const refused = expect.stringMatching(/EBADENGINE[^]*Required: \{"node":">=999"\}/);
  await expect(install).rejects.toMatchObject({ stderr: refused });
});

test("a project has the same tools as this repository", async () => {
  const root = await manifestOf(new URL("../../../..", import.meta.url).pathname);
  for (const name of ["typescript", "vitest"]) {
    expect(toolRanges[name]).toBe(`^${root.devDependencies[name]}`);
  }
});
