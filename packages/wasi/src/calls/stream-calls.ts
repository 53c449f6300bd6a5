import { CallRefused } from "../host/errno.ts";
import { totalLength } from "../host/guest-memory.ts";
import type { OutputStream } from "../host/descriptors.ts";
import { rights } from "../host/rights.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import type { CallFrame } from "./call-frame.ts";
import type { HostCall } from "./host-call.ts";
import { appendFlag } from "./descriptor-flags.ts";

interface ReadAsked {
  readonly fd: number;
  readonly length: number;
}

interface ReadAnswer {
  readonly data: Uint8Array;
}

interface WriteAsked {
  readonly fd: number;
  readonly data: Uint8Array;
}

interface WriteAnswer {
  readonly written: number;
  /** The output that the bytes went to, if it was one. */
  readonly output?: OutputStream["name"];
}

const piecesLength = (frame: CallFrame): number =>
  totalLength(frame.memory.pieces(frame.u32(1), frame.u32(2)));

const gather = (frame: CallFrame): Uint8Array =>
  frame.memory.gather(frame.memory.pieces(frame.u32(1), frame.u32(2)));

function scatter(frame: CallFrame, data: Uint8Array, lengthPointer: number): void {
  frame.memory.scatter(frame.memory.pieces(frame.u32(1), frame.u32(2)), data);
  frame.memory.setU32(lengthPointer, data.length);
}

export const fdRead: HostCall<ReadAsked, ReadAnswer> = {
  read: (frame) => ({ fd: frame.u32(0), length: piecesLength(frame) }),
  perform(host, { fd, length }) {
    const descriptor = host.descriptors.get(fd);
    const { target } = descriptor;
    if (target.kind === "folder" || target.kind === "output") throw new CallRefused("badf");
    host.descriptors.get(fd, rights.fdRead);
    if (target.kind === "input") return { data: host.readInput(length) };
    const data = target.read(descriptor.position, length);
    descriptor.position += data.length;
    return { data };
  },
  write: (frame, { data }) => scatter(frame, data, frame.u32(3)),
};

export const fdPread: HostCall<ReadAsked & { readonly offset: number }, ReadAnswer> = {
  read: (frame) => ({ fd: frame.u32(0), length: piecesLength(frame), offset: frame.i64(3) }),
  perform(host, { fd, length, offset }) {
    const { file } = host.descriptors.file(fd, rights.fdRead | rights.fdSeek, "spipe");
    if (offset < 0) throw new CallRefused("inval");
    return { data: file.read(offset, length) };
  },
  write: (frame, { data }) => scatter(frame, data, frame.u32(4)),
};

export const fdWrite: HostCall<WriteAsked, WriteAnswer> = {
  read: (frame) => ({ fd: frame.u32(0), data: gather(frame) }),
  perform(host, { fd, data }) {
    const descriptor = host.descriptors.get(fd);
    const { target } = descriptor;
    if (target.kind === "folder" || target.kind === "input") throw new CallRefused("badf");
    host.descriptors.get(fd, rights.fdWrite);
    if (target.kind === "output") {
      host.writeOutput(target.name, data);
      return { written: data.length, output: target.name };
    }
    const append = (descriptor.flags & appendFlag) !== 0;
    const position = append ? target.size : descriptor.position;
    target.write(position, data, host.clock.now);
    descriptor.position = position + data.length;
    return { written: data.length };
  },
  write: (frame, { written }) => frame.memory.setU32(frame.u32(3), written),
  replayed: replayOutput,
};

export const fdPwrite: HostCall<WriteAsked & { readonly offset: number }, WriteAnswer> = {
  read: (frame) => ({ fd: frame.u32(0), data: gather(frame), offset: frame.i64(3) }),
  perform(host, { fd, data, offset }) {
    const { descriptor, file } = host.descriptors.file(fd, rights.fdWrite | rights.fdSeek, "spipe");
    if (offset < 0) throw new CallRefused("inval");
    const append = (descriptor.flags & appendFlag) !== 0;
    file.write(append ? file.size : offset, data, host.clock.now);
    return { written: data.length };
  },
  write: (frame, { written }) => frame.memory.setU32(frame.u32(4), written),
};

/** The recording doesn't store the output again: it is what the guest writes now. */
function replayOutput(
  host: WasiHost,
  { data }: WriteAsked,
  { written, output }: WriteAnswer,
): void {
  if (output !== undefined) host.writeOutput(output, data.subarray(0, written));
}
