/**
 * A descriptor's rights, as bits.
 *
 * Source: `rights` in the witx files of `wasi_snapshot_preview1`.
 */
export const rights = {
  fdDatasync: 0x1,
  fdRead: 0x2,
  fdSeek: 0x4,
  fdFdstatSetFlags: 0x8,
  fdSync: 0x10,
  fdTell: 0x20,
  fdWrite: 0x40,
  fdAdvise: 0x80,
  fdAllocate: 0x100,
  pathCreateDirectory: 0x200,
  pathCreateFile: 0x400,
  pathLinkSource: 0x800,
  pathLinkTarget: 0x1000,
  pathOpen: 0x2000,
  fdReaddir: 0x4000,
  pathReadlink: 0x8000,
  pathRenameSource: 0x10000,
  pathRenameTarget: 0x20000,
  pathFilestatGet: 0x40000,
  pathFilestatSetSize: 0x80000,
  pathFilestatSetTimes: 0x100000,
  fdFilestatGet: 0x200000,
  fdFilestatSetSize: 0x400000,
  fdFilestatSetTimes: 0x800000,
  pathSymlink: 0x1000000,
  pathRemoveDirectory: 0x2000000,
  pathUnlinkFile: 0x4000000,
  pollFdReadwrite: 0x8000000,
} as const;

/** All rights for an open file. */
export const fileRights: number =
  rights.fdDatasync |
  rights.fdRead |
  rights.fdSeek |
  rights.fdFdstatSetFlags |
  rights.fdSync |
  rights.fdTell |
  rights.fdWrite |
  rights.fdAdvise |
  rights.fdAllocate |
  rights.fdFilestatGet |
  rights.fdFilestatSetSize |
  rights.fdFilestatSetTimes |
  rights.pollFdReadwrite;

/** The rights that change a file's content or size. */
export const writingRights: number = rights.fdWrite | rights.fdAllocate | rights.fdFilestatSetSize;

/** All rights for an open folder. */
export const folderRights: number =
  rights.fdFdstatSetFlags |
  rights.fdSync |
  rights.fdDatasync |
  rights.pathCreateDirectory |
  rights.pathCreateFile |
  rights.pathLinkSource |
  rights.pathLinkTarget |
  rights.pathOpen |
  rights.fdReaddir |
  rights.pathReadlink |
  rights.pathRenameSource |
  rights.pathRenameTarget |
  rights.pathFilestatGet |
  rights.pathFilestatSetSize |
  rights.pathFilestatSetTimes |
  rights.fdFilestatGet |
  rights.fdFilestatSetTimes |
  rights.pathSymlink |
  rights.pathRemoveDirectory |
  rights.pathUnlinkFile;

const streamRights = rights.fdFdstatSetFlags | rights.fdFilestatGet | rights.pollFdReadwrite;

/** All rights for stdin. */
export const inputRights: number = streamRights | rights.fdRead;

/** All rights for stdout and stderr. */
export const outputRights: number = streamRights | rights.fdWrite;
