import { CallRefused } from "../host/errno.ts";
import type { HostCall } from "./host-call.ts";
import { writeNothing } from "./host-call.ts";

/** There is no network: no descriptor is ever a socket. */
export const socketCall: HostCall<{ readonly fd: number }, object> = {
  read: (frame) => ({ fd: frame.u32(0) }),
  perform(host, { fd }) {
    host.descriptors.get(fd);
    throw new CallRefused("notsock");
  },
  write: writeNothing,
};

/** There are no other processes to signal, and no signals to oneself. */
export const procRaise: HostCall<{ readonly signal: number }, object> = {
  read: (frame) => ({ signal: frame.u32(0) }),
  perform() {
    throw new CallRefused("notsup");
  },
  write: writeNothing,
};
