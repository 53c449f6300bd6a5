import * as descriptor from "./descriptor-calls.ts";
import * as filestat from "./filestat-calls.ts";
import type { AnyHostCall } from "./host-call.ts";
import * as path from "./path-calls.ts";
import { pathOpen } from "./path-open.ts";
import { pollOneoff } from "./poll-oneoff.ts";
import { fdReaddir } from "./read-directory.ts";
import { procRaise, socketCall } from "./refused-calls.ts";
import * as stream from "./stream-calls.ts";
import { clockResGet, clockTimeGet, randomGet } from "./world-calls.ts";

/** The calls that this host answers itself, by their names in WASI. */
export const hostCalls: ReadonlyMap<string, AnyHostCall> = new Map<string, AnyHostCall>([
  ["clock_res_get", clockResGet],
  ["clock_time_get", clockTimeGet],
  ["fd_advise", descriptor.fdAdvise],
  ["fd_allocate", descriptor.fdAllocate],
  ["fd_close", descriptor.fdClose],
  ["fd_datasync", descriptor.fdDatasync],
  ["fd_fdstat_get", descriptor.fdFdstatGet],
  ["fd_fdstat_set_flags", descriptor.fdFdstatSetFlags],
  ["fd_fdstat_set_rights", descriptor.fdFdstatSetRights],
  ["fd_filestat_get", filestat.fdFilestatGet],
  ["fd_filestat_set_size", filestat.fdFilestatSetSize],
  ["fd_filestat_set_times", filestat.fdFilestatSetTimes],
  ["fd_pread", stream.fdPread],
  ["fd_prestat_dir_name", descriptor.fdPrestatDirName],
  ["fd_prestat_get", descriptor.fdPrestatGet],
  ["fd_pwrite", stream.fdPwrite],
  ["fd_read", stream.fdRead],
  ["fd_readdir", fdReaddir],
  ["fd_renumber", descriptor.fdRenumber],
  ["fd_seek", descriptor.fdSeek],
  ["fd_sync", descriptor.fdSync],
  ["fd_tell", descriptor.fdTell],
  ["fd_write", stream.fdWrite],
  ["path_create_directory", path.pathCreateDirectory],
  ["path_filestat_get", filestat.pathFilestatGet],
  ["path_filestat_set_times", filestat.pathFilestatSetTimes],
  ["path_link", path.pathLink],
  ["path_open", pathOpen],
  ["path_readlink", path.pathReadlink],
  ["path_remove_directory", path.pathRemoveDirectory],
  ["path_rename", path.pathRename],
  ["path_symlink", path.pathSymlink],
  ["path_unlink_file", path.pathUnlinkFile],
  ["poll_oneoff", pollOneoff],
  ["proc_raise", procRaise],
  ["random_get", randomGet],
  ["sock_accept", socketCall],
  ["sock_recv", socketCall],
  ["sock_send", socketCall],
  ["sock_shutdown", socketCall],
]);

/** The calls that @wasmer/wasi answers: they return what the guest was started with, or nothing. */
export const libraryCalls: ReadonlySet<string> = new Set([
  "args_get",
  "args_sizes_get",
  "environ_get",
  "environ_sizes_get",
  "sched_yield",
]);

/** The call that ends the guest. */
export const exitCall = "proc_exit";

/** Whether WASI has a call with this name. */
export function isKnownCall(name: string): boolean {
  return name === exitCall || libraryCalls.has(name) || hostCalls.has(name);
}
