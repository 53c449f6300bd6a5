import { methods, write } from "../logging/methods.ts";
import { shared } from "../shared.ts";

/** What `console` needs for anything but plain text. */
export interface LoggingPart {
  readonly write: typeof write;
  readonly methods: typeof methods;
}

shared.publish("logging", { write, methods });
