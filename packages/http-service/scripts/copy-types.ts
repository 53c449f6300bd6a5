import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const specifiers = /((?:\bfrom|\bimport|\brequire)\s*\(?\s*)(["'])([^"'\n]+)\2/g;

/**
 * Copies the types that declaration files import from packages, and all that those import in turn, to `types` below `out`; the
 * declaration files themselves go to `out`. Types of Node and of pino stay where they are, as packages bring them.
 *
 * @param from a folder of declaration files
 * @returns the files that were copied, where they were found
 */
export function copyTypes(from: string, out: string): readonly string[] {
  const copies = new Map<string, string>();
  const waiting: string[] = [];
  const copyOf = (source: string): string => {
    const known = copies.get(source);
    if (known !== undefined) return known;
    const [, below = ""] = /^.*\/node_modules\/(.*)$/.exec(source) ?? [];
    const copy = join(out, "types", below);
    copies.set(source, copy);
    waiting.push(source);
    return copy;
  };
  const write = (source: string, copy: string): void => {
    const text = readFileSync(source, "utf8").replaceAll(
      specifiers,
      (whole, before: string, quote: string, specifier: string) => {
        const found = findTypes(specifier, source);
        if (found === undefined) return whole;
        const way = relative(dirname(copy), copyOf(found)).replace(/\.d\.ts$/, ".js");
        return `${before}${quote}${way.startsWith(".") ? way : `./${way}`}${quote}`;
      },
    );
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, text);
  };
  for (const name of readdirSync(from).filter((each) => each.endsWith(".d.ts"))) {
    write(join(from, name), join(out, name));
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    write(next, copies.get(next) ?? "");
  }
  // All of these packages are CommonJS, in whose declaration files imports mean something else.
  writeFileSync(join(out, "types/package.json"), '{ "type": "commonjs" }\n');
  return [...copies.keys()];
}

/** `undefined`: it stays as it is. */
function findTypes(specifier: string, importer: string): string | undefined {
  if (isBuiltin(specifier) || specifier === "pino") return undefined;
  if (specifier.startsWith(".")) {
    return fileOf(resolve(dirname(importer), specifier.replace(/\.js$/, "")));
  }
  const [, name = "", below] = /^((?:@[^/]+\/)?[^/]+)\/?(.*)$/.exec(specifier) ?? [];
  const folder = packageFolder(name, importer);
  if (folder === undefined) return undefined;
  if (below !== undefined && below !== "") return fileOf(join(folder, below.replace(/\.js$/, "")));
  const { types, typings } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly types?: string;
    readonly typings?: string;
  };
  return fileOf(join(folder, types ?? typings ?? "index.d.ts"));
}

function packageFolder(name: string, importer: string): string | undefined {
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

function fileOf(path: string): string | undefined {
  return [`${path}.d.ts`, join(path, "index.d.ts"), path].find(
    (file) => file.endsWith(".d.ts") && existsSync(file) && statSync(file).isFile(),
  );
}
