/** A file or a directory in the context of a build. */
export interface ContextEntry {
  /** Below the context, such as `system/usr/local/bin/node`. A directory's ends in `/`. */
  readonly path: string;
  /** Permissions, such as 0o644. */
  readonly mode: number;
  /** The file that it is copied from, or what is in it. */
  readonly source: { readonly file: string } | { readonly content: Buffer };
}

/** A file with a text of ours. */
export function textEntry(path: string, text: string, mode: number = 0o644): ContextEntry {
  return { path, mode, source: { content: Buffer.from(text) } };
}

/** A directory. */
export function directoryEntry(path: string, mode: number): ContextEntry {
  return { path: `${path}/`, mode, source: { content: Buffer.alloc(0) } };
}
