import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));

/** What a bundler makes of a program: of one that takes the built client from its package, as users do. */
export type Bundle = (file: string, platform: "node" | "browser") => Promise<string>;

/** The bundlers that are tried, by their names. */
export const bundlers: Readonly<Record<string, Bundle>> = {
  esbuild: async (file, platform) => bundleByEsbuild({ entryPoints: [`${here}${file}`] }, platform),
  rolldown: async (file, platform) => {
    const bundle = await rolldown({ input: `${here}${file}`, platform });
    const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
    await bundle.close();
    return output[0].code;
  },
};

/** How many bytes the client alone has in a bundle for browsers, minified and compressed by gzip. */
export async function clientBytes(): Promise<number> {
  const contents = 'export { Flawless } from "@flawless-ts/sdk";';
  const code = await bundleByEsbuild({ stdin: { contents, resolveDir: here } }, "browser");
  return gzipSync(code, { level: 9 }).length;
}

async function bundleByEsbuild(
  input: Pick<Parameters<typeof build>[0], "entryPoints" | "stdin">,
  platform: "node" | "browser",
): Promise<string> {
  const { outputFiles, warnings } = await build({
    ...input,
    platform,
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    logLevel: "silent",
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
  return outputFiles?.[0]?.text ?? "";
}
