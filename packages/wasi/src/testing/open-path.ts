import { fdFdstatSetRights } from "../calls/descriptor-calls.ts";
import { openFlags } from "../calls/descriptor-flags.ts";
import { pathOpen } from "../calls/path-open.ts";
import { fileRights, folderRights } from "../host/rights.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import type { LastLink } from "../host/walk-path.ts";

/** Options of {@link openPath}. By default it opens with all rights and follows links. */
export interface OpenPathOptions {
  readonly fd?: number;
  readonly link?: LastLink;
  readonly open?: readonly (keyof typeof openFlags)[];
  readonly rights?: number;
  readonly inheriting?: number;
  readonly flags?: number;
  /** The rights to keep once it is open; all others are dropped. */
  readonly keeps?: number;
}

/** Opens a path as a guest would, and returns the descriptor's number. */
export function openPath(host: WasiHost, path: string, options: OpenPathOptions = {}): number {
  const { fd = 3, link = "follow", open = [], flags = 0 } = options;
  const inheriting = options.inheriting ?? fileRights | folderRights;
  // Opening a folder for writing is refused.
  const all = open.includes("directory") ? folderRights : fileRights | folderRights;
  const { rights = all } = options;
  const bits = open.reduce((sum, name) => sum | openFlags[name], 0);
  const asked = { link, path, open: bits, rights, inheriting, flags };
  const opened = pathOpen.perform(host, { ...asked, fd }).fd;
  if (options.keeps !== undefined) {
    fdFdstatSetRights.perform(host, { fd: opened, rights: options.keeps, inheriting });
  }
  return opened;
}
