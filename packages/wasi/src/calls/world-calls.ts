import { CallRefused } from "../host/errno.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import type { HostCall } from "./host-call.ts";

/** The clocks by their numbers in WASI. */
const clocks = ["realtime", "monotonic", "process_cputime", "thread_cputime"] as const;

/** A clock's name, or its number if WASI has no such clock. */
export type ClockName = (typeof clocks)[number] | number;

/** The name of a clock. */
export function clockName(number: number): ClockName {
  return clocks[number] ?? number;
}

/** The resolution that all clocks claim, in nanoseconds. */
const resolution = 1000n;

/** @throws CallRefused `inval` for an unknown clock */
export function clockTime(host: WasiHost, clock: ClockName): bigint {
  if (typeof clock === "number") throw new CallRefused("inval");
  return clock === "realtime" ? host.clock.now : host.clock.elapsed;
}

interface ClockAsked {
  readonly clock: ClockName;
}

export const clockTimeGet: HostCall<ClockAsked, { readonly time: bigint }> = {
  read: (frame) => ({ clock: clockName(frame.u32(0)) }),
  perform(host, { clock }) {
    const time = clockTime(host, clock);
    host.clock.tick();
    return { time };
  },
  write: (frame, { time }) => frame.memory.setU64(frame.u32(2), time),
};

export const clockResGet: HostCall<ClockAsked, { readonly resolution: bigint }> = {
  read: (frame) => ({ clock: clockName(frame.u32(0)) }),
  perform(host, { clock }) {
    clockTime(host, clock);
    return { resolution };
  },
  write: (frame, answer) => frame.memory.setU64(frame.u32(1), answer.resolution),
};

export const randomGet: HostCall<{ readonly length: number }, { readonly data: Uint8Array }> = {
  // Checked before the bytes are generated, because the length may be anything.
  read: (frame) => ({ length: frame.memory.bytes(frame.u32(0), frame.u32(1)).length }),
  perform: (host, { length }) => ({ data: host.random.next(length) }),
  write: (frame, { data }) => frame.memory.bytes(frame.u32(0), data.length).set(data),
};
