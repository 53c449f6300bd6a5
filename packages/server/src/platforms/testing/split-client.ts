import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rolldown } from "rolldown";

/** A file that a bundler wrote. */
interface Chunk {
  readonly text: string;
  /** The names of the files that it imports by statements, which are loaded with it. */
  readonly imports: readonly string[];
}

/** The files, by name, that a program loads if it uses only the client; `main` is the first file. */
export interface SplitClient {
  readonly main: string;
  readonly files: ReadonlyMap<string, string>;
}

const entry = fileURLToPath(new URL("./only-client.ts", import.meta.url));

/** Bundlers for browsers with code splitting, like most tools for pages. */
export const splitters: Readonly<Record<string, () => Promise<SplitClient>>> = {
  esbuild: async () => {
    const { metafile, outputFiles } = await build({
      entryPoints: [entry],
      platform: "browser",
      bundle: true,
      splitting: true,
      format: "esm",
      minify: true,
      write: false,
      metafile: true,
      outdir: "bundle",
      logLevel: "silent",
    });
    const outputs = Object.entries(metafile.outputs);
    const chunks = outputs.map(([path, { imports }]): [string, Chunk] => {
      const statements = imports.filter(({ kind }) => kind === "import-statement");
      const text = outputFiles.find((file) => basename(file.path) === basename(path))?.text ?? "";
      return [basename(path), { text, imports: statements.map((one) => basename(one.path)) }];
    });
    return loadedWith("only-client.js", new Map(chunks));
  },
  rolldown: async () => {
    const bundle = await rolldown({ input: entry, platform: "browser" });
    const { output } = await bundle.generate({ format: "esm", minify: true });
    await bundle.close();
    const chunks = output.flatMap((one): [string, Chunk][] =>
      one.type === "chunk" ? [[one.fileName, { text: one.code, imports: one.imports }]] : [],
    );
    return loadedWith("only-client.js", new Map(chunks));
  },
};

function loadedWith(main: string, chunks: ReadonlyMap<string, Chunk>): SplitClient {
  const files = new Map<string, string>();
  const names = [main];
  for (const name of names) {
    const chunk = chunks.get(name);
    if (chunk === undefined) throw new Error(`The bundler wrote no ${name}.`);
    files.set(name, chunk.text);
    names.push(...chunk.imports.filter((one) => !names.includes(one)));
  }
  return { main, files };
}
