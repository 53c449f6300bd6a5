import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where a bundle runs. */
type Platform = "node" | "browser" | "neutral";

/** Bundles a program that imports the built client from its package, like users do, into one file. */
export type Bundle = (file: string, platform: Platform) => Promise<string>;

/** The tested bundlers, by name. */
export const bundlers: Readonly<Record<string, Bundle>> = {
  esbuild: async (file, platform) => bundleByEsbuild(`${here}${file}`, platform),
  rolldown: async (file, platform) => {
    const bundle = await rolldown({ input: `${here}${file}`, platform });
    const { output } = await bundle.generate({
      format: "esm",
      minify: true,
      codeSplitting: false,
    });
    await bundle.close();
    return output[0].code;
  },
};

async function bundleByEsbuild(file: string, platform: Platform): Promise<string> {
  const { outputFiles, warnings } = await build({
    entryPoints: [file],
    platform,
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    logLevel: "silent",
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
  return outputFiles[0]?.text ?? "";
}
