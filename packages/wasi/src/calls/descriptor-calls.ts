import { CallRefused } from "../host/errno.ts";
import { rights } from "../host/rights.ts";
import { appendFlag, fileTypeNumber, nonBlockFlag, typeOf } from "./descriptor-flags.ts";
import { type HostCall, noAnswer, writeNothing } from "./host-call.ts";

interface FdAsked {
  readonly fd: number;
}

const changeableFlags = appendFlag | nonBlockFlag;
const lastAdvice = 5;

export const fdClose: HostCall<FdAsked, object> = {
  read: (frame) => ({ fd: frame.u32(0) }),
  perform(host, { fd }) {
    host.descriptors.close(fd);
    return noAnswer;
  },
  write: writeNothing,
};

export const fdRenumber: HostCall<{ readonly from: number; readonly to: number }, object> = {
  read: (frame) => ({ from: frame.u32(0), to: frame.u32(1) }),
  perform(host, { from, to }) {
    host.descriptors.renumber(from, to);
    return noAnswer;
  },
  write: writeNothing,
};

type Whence = "start" | "here" | "end";

/** What a position is relative to, by number; the versions number them differently. */
const whences: Record<string, readonly Whence[]> = {
  wasi_unstable: ["here", "end", "start"],
  wasi_snapshot_preview1: ["start", "here", "end"],
};

interface SeekAsked extends FdAsked {
  readonly offset: number;
  readonly from: Whence | number;
}

export const fdSeek: HostCall<SeekAsked, { readonly position: number }> = {
  read(frame) {
    const whence = frame.u32(2);
    const from = whences[frame.version]?.[whence] ?? whence;
    return { fd: frame.u32(0), offset: frame.i64(1), from };
  },
  perform(host, { fd, offset, from }) {
    const asksOnly = from === "here" && offset === 0;
    const needed = asksOnly ? rights.fdTell : rights.fdSeek;
    const { descriptor, file } = host.descriptors.file(fd, needed, "spipe");
    if (typeof from === "number") throw new CallRefused("inval");
    const base = { start: 0, here: descriptor.position, end: file.size }[from];
    const position = base + offset;
    if (position < 0 || !Number.isSafeInteger(position)) throw new CallRefused("inval");
    descriptor.position = position;
    return { position };
  },
  write: (frame, { position }) => frame.memory.setU64(frame.u32(3), BigInt(position)),
};

export const fdTell: HostCall<FdAsked, { readonly position: number }> = {
  read: (frame) => ({ fd: frame.u32(0) }),
  perform(host, { fd }) {
    const { descriptor } = host.descriptors.file(fd, rights.fdTell, "spipe");
    return { position: descriptor.position };
  },
  write: (frame, { position }) => frame.memory.setU64(frame.u32(1), BigInt(position)),
};

interface FdstatAnswer {
  readonly type: Parameters<typeof fileTypeNumber>[0];
  readonly flags: number;
  readonly rights: number;
  readonly inheriting: number;
}

export const fdFdstatGet: HostCall<FdAsked, FdstatAnswer> = {
  read: (frame) => ({ fd: frame.u32(0) }),
  perform(host, { fd }) {
    const { target, flags, rights, inheriting } = host.descriptors.get(fd);
    return { type: typeOf(target), flags, rights, inheriting };
  },
  write(frame, { type, flags, rights, inheriting }) {
    const pointer = frame.u32(1);
    frame.memory.bytes(pointer, 24).fill(0);
    frame.memory.setU8(pointer, fileTypeNumber(type));
    frame.memory.setU16(pointer + 2, flags);
    frame.memory.setU64(pointer + 8, BigInt(rights));
    frame.memory.setU64(pointer + 16, BigInt(inheriting));
  },
};

export const fdFdstatSetFlags: HostCall<FdAsked & { readonly flags: number }, object> = {
  read: (frame) => ({ fd: frame.u32(0), flags: frame.u32(1) }),
  perform(host, { fd, flags }) {
    const { descriptor } = host.descriptors.file(fd, rights.fdFdstatSetFlags, "badf");
    if ((flags & ~changeableFlags) !== 0) throw new CallRefused("inval");
    descriptor.flags = flags;
    return noAnswer;
  },
  write: writeNothing,
};

interface SetRightsAsked extends FdAsked {
  readonly rights: number;
  readonly inheriting: number;
}

export const fdFdstatSetRights: HostCall<SetRightsAsked, object> = {
  read: (frame) => ({ fd: frame.u32(0), rights: frame.rights(1), inheriting: frame.rights(2) }),
  perform(host, asked) {
    // Rights can be dropped, never gained.
    const descriptor = host.descriptors.get(asked.fd, asked.rights);
    if ((asked.inheriting & ~descriptor.inheriting) !== 0) throw new CallRefused("notcapable");
    descriptor.rights = asked.rights;
    descriptor.inheriting = asked.inheriting;
    return noAnswer;
  },
  write: writeNothing,
};

/** Everything is written immediately, to memory, so only the descriptor is checked. */
function syncWith(needed: number): HostCall<FdAsked, object> {
  return {
    read: (frame) => ({ fd: frame.u32(0) }),
    perform(host, { fd }) {
      host.descriptors.file(fd, needed, "badf");
      return noAnswer;
    },
    write: writeNothing,
  };
}

export const fdSync: HostCall<FdAsked, object> = syncWith(rights.fdSync);
export const fdDatasync: HostCall<FdAsked, object> = syncWith(rights.fdDatasync);

export const fdAdvise: HostCall<FdAsked & { readonly advice: number }, object> = {
  read: (frame) => ({ fd: frame.u32(0), advice: frame.u32(3) }),
  perform(host, { fd, advice }) {
    host.descriptors.file(fd, rights.fdAdvise, "badf");
    if (advice > lastAdvice) throw new CallRefused("inval");
    return noAnswer;
  },
  write: writeNothing,
};

interface AllocateAsked extends FdAsked {
  readonly offset: number;
  readonly length: number;
}

export const fdAllocate: HostCall<AllocateAsked, object> = {
  read: (frame) => ({ fd: frame.u32(0), offset: frame.i64(1), length: frame.i64(2) }),
  perform(host, { fd, offset, length }) {
    const { file } = host.descriptors.file(fd, rights.fdAllocate, "badf");
    if (offset < 0 || length <= 0) throw new CallRefused("inval");
    if (offset + length > file.size) file.resize(offset + length, host.clock.now);
    return noAnswer;
  },
  write: writeNothing,
};

export const fdPrestatGet: HostCall<FdAsked, { readonly nameLength: number }> = {
  read: (frame) => ({ fd: frame.u32(0) }),
  perform(host, { fd }) {
    const { preopened } = host.descriptors.get(fd);
    // C libraries try all numbers until they get this error.
    if (preopened === undefined) throw new CallRefused("badf");
    return { nameLength: Buffer.byteLength(preopened) };
  },
  write(frame, { nameLength }) {
    const pointer = frame.u32(1);
    // The only type: a folder.
    frame.memory.setU32(pointer, 0);
    frame.memory.setU32(pointer + 4, nameLength);
  },
};

export const fdPrestatDirName: HostCall<
  FdAsked & { readonly length: number },
  { readonly name: string }
> = {
  read: (frame) => ({ fd: frame.u32(0), length: frame.u32(2) }),
  perform(host, { fd, length }) {
    const { preopened } = host.descriptors.get(fd);
    if (preopened === undefined) throw new CallRefused("notdir");
    if (Buffer.byteLength(preopened) > length) throw new CallRefused("nametoolong");
    return { name: preopened };
  },
  write(frame, { name }) {
    const bytes = Buffer.from(name);
    frame.memory.bytes(frame.u32(1), bytes.length).set(bytes);
  },
};
