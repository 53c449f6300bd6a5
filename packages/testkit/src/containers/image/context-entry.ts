/** A file or a directory in a build context. */
export interface ContextEntry {
  /** Relative to the context, such as `system/usr/local/bin/node`. A directory's path ends in `/`. */
  readonly path: string;
  /** Permissions, such as 0o644. */
  readonly mode: number;
  /** The file to copy, or the content. */
  readonly source: { readonly file: string } | { readonly content: Buffer };
}

/** A file with this text. */
export function textEntry(path: string, text: string, mode: number = 0o644): ContextEntry {
  return { path, mode, source: { content: Buffer.from(text) } };
}

/** A directory. */
export function directoryEntry(path: string, mode: number): ContextEntry {
  return { path: `${path}/`, mode, source: { content: Buffer.alloc(0) } };
}
