// Writes the exports of each entry of each published package to api/PACKAGE/ENTRY.api.md, so that reviews show changes
// of the public API. With `--check` it writes nothing, but fails if the reports differ from the exports of the build in
// dist.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { entriesOf, publishedPackages, repository } from "./packages/published-packages.ts";

const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const committed = join(repository, "api");
const scratch = mkdtempSync(join(tmpdir(), "flawless-api-"));
try {
  const target = options.check ? scratch : committed;
  if (!options.check) rmSync(committed, { recursive: true, force: true });
  for (const { directory, manifest } of publishedPackages()) {
    for (const { name, types } of entriesOf(manifest)) {
      const file = name.slice(manifest.name.length + 1).replaceAll("/", "-") || "index";
      // Purely ambient declarations export nothing, and bundled libraries are not ours.
      if (/^\.\/dist\/(?!bundle\/)/.test(types))
        writeReport(join(repository, directory), types, target, file);
    }
  }
  if (options.check) compare();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function writeReport(project: string, types: string, target: string, file: string): void {
  const entry = join(project, types);
  const reportFolder = join(target, basename(project));
  mkdirSync(reportFolder, { recursive: true });
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    moduleResolution: "nodenext",
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    // The libraries' own types, because the copies in a bundle would count as ours.
    paths: { "#libraries/*": [join(project, "dist/libraries/*.d.ts")] },
  };
  const quiet = { default: { logLevel: "none" as const } };
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(project, "package.json"),
    configObject: {
      projectFolder: project,
      mainEntryPointFilePath: entry,
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions, files: [entry] } },
      apiReport: {
        enabled: true,
        reportFileName: file,
        reportFolder,
        reportTempFolder: join(scratch, ".temporary"),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: quiet,
        tsdocMessageReporting: quiet,
      },
    },
  } as Parameters<typeof ExtractorConfig.prepare>[0]);
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      // Writing a report is its purpose.
      if (message.logLevel !== "error") message.handled = true;
    },
  });
  if (!succeeded) throw new Error(`API Extractor can't read ${relative(repository, entry)}`);
}

function compare(): void {
  const now = reportsIn(scratch);
  const before = reportsIn(committed);
  const changed = [...new Set([...now.keys(), ...before.keys()])]
    .filter((path) => now.get(path) !== before.get(path))
    .toSorted();
  for (const path of changed) console.error(`api/${path} differs from what is exported`);
  if (changed.length === 0) return;
  console.error("If the change is meant, run `npm run api` and commit what it writes.");
  process.exitCode = 1;
}

function reportsIn(directory: string): Map<string, string> {
  return new Map(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".api.md") && !path.startsWith("."))
      .map((path) => [path, readFileSync(join(directory, path), "utf8")]),
  );
}
