import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pack, pack } from "tar-stream";
import { missingForContainers } from "../missing-for-containers.ts";
import type { ContextEntry } from "./context-entry.ts";

/** Without times and owners, the same files become the same bytes on every machine. */
const fixed = { mtime: new Date(0), uid: 0, gid: 0 } as const;

/** Entries as a tar archive, created while it is read. */
export async function tarStream(entries: readonly ContextEntry[]): Promise<Readable> {
  const archive = await newArchive();
  fill(archive, entries).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return Readable.from(archive, { objectMode: false });
}

/** Users without containers don't need the package. */
async function newArchive(): Promise<Pack> {
  let library: { readonly pack: typeof pack };
  try {
    library = await import("tar-stream");
  } catch (error) {
    throw missingForContainers("tar-stream", error) ?? error;
  }
  return library.pack();
}

async function fill(archive: Pack, entries: readonly ContextEntry[]): Promise<void> {
  for (const { path, mode, source } of entries) {
    const type = path.endsWith("/") ? "directory" : "file";
    const header = { ...fixed, name: path, mode, type } as const;
    if ("content" in source) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      archive.entry(header, source.content, (error) => (error ? reject(error) : resolve()));
      await promise;
    } else {
      const { size } = await stat(source.file);
      await pipeline(createReadStream(source.file), archive.entry({ ...header, size }));
    }
  }
}
