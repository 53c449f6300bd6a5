import { CallRefused } from "../host/errno.ts";
import { FileNode, type FolderNode } from "../host/nodes.ts";
import { fileRights, folderRights, rights, writingRights } from "../host/rights.ts";
import { type LastLink, type Place, walkPath } from "../host/walk-path.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { openFlags, syncFlags } from "./descriptor-flags.ts";
import { lastLink } from "./filestat-calls.ts";
import type { HostCall } from "./host-call.ts";

interface OpenAsked {
  readonly fd: number;
  readonly link: LastLink;
  readonly path: string;
  readonly open: number;
  readonly rights: number;
  readonly inheriting: number;
  readonly flags: number;
}

export const pathOpen: HostCall<OpenAsked, { readonly fd: number }> = {
  read: (frame) => ({
    fd: frame.u32(0),
    link: lastLink(frame.u32(1)),
    path: frame.path(2),
    open: frame.u32(4),
    rights: frame.rights(5),
    inheriting: frame.rights(6),
    flags: frame.u32(7),
  }),
  perform(host, asked) {
    const { inheriting, target: opened } = host.descriptors.get(asked.fd);
    if (opened.kind === "file") throw new CallRefused("notdir");
    if ((asked.flags & syncFlags) !== 0) throw new CallRefused("notsup");
    if (asks(asked, "directory") && (asked.open & ~openFlags.directory) !== 0) {
      throw new CallRefused("inval");
    }
    const folder = host.descriptors.folder(asked.fd, neededRights(asked));
    const exclusive = asks(asked, "create") && asks(asked, "exclusive");
    const place = walkPath(folder, asked.path, exclusive ? "name" : asked.link);
    if (exclusive && place.node !== undefined) throw new CallRefused("exist");
    const target =
      place.node === undefined ? create(host, asked, place) : existing(place.node, asked);
    if ((asked.rights & rights.fdWrite) !== 0 || asks(asked, "truncate")) target.checkWritable();
    if (asks(asked, "truncate") && target.kind === "file") target.resize(0, host.clock.now);
    const fd = host.descriptors.open({
      target,
      opened: inheriting & (target.kind === "file" ? rightsToFile(asked) : folderRights),
      inheriting,
      flags: asked.flags,
    });
    return { fd };
  },
  write: (frame, { fd }) => frame.memory.setU32(frame.u32(8), fd),
};

function asks({ open }: OpenAsked, flag: keyof typeof openFlags): boolean {
  return (open & openFlags[flag]) !== 0;
}

/**
 * Programs ask for few rights and expect those of POSIX: everything that can be done with an open file, except reading
 * if it is open only for writing, and writing if it is not open for that. The runtime wasmtime grants the same.
 */
function rightsToFile(asked: OpenAsked): number {
  const writes = (asked.rights & rights.fdWrite) !== 0;
  const reads = !writes || (asked.rights & rights.fdRead) !== 0;
  return fileRights & ~(reads ? 0 : rights.fdRead) & ~(writes ? 0 : writingRights);
}

function neededRights(asked: OpenAsked): number {
  return (
    rights.pathOpen |
    (asks(asked, "create") ? rights.pathCreateFile : 0) |
    (asks(asked, "truncate") ? rights.pathFilestatSetSize : 0)
  );
}

function create(host: WasiHost, asked: OpenAsked, place: Place): FileNode {
  if (!asks(asked, "create")) throw new CallRefused("noent");
  if (place.asFolder || place.name === undefined) throw new CallRefused("isdir");
  place.folder.checkWritable();
  const file = new FileNode(host.storage, host.clock.now);
  place.folder.add(place.name, file, host.clock.now);
  return file;
}

function existing(node: NonNullable<Place["node"]>, asked: OpenAsked): FileNode | FolderNode {
  if (node.kind === "link") throw new CallRefused("loop");
  if (node.kind === "file") {
    if (asks(asked, "directory")) throw new CallRefused("notdir");
    return node;
  }
  const writes = (asked.rights & rights.fdWrite) !== 0;
  if (writes || asks(asked, "create") || asks(asked, "truncate")) throw new CallRefused("isdir");
  return node;
}
