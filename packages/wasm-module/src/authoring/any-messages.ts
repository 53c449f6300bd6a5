import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "../contract.ts";

const anything: StandardSchemaV1<unknown> = type<unknown>();

/**
 * For a contract: messages of every type, with any data, as of a workflow in TypeScript that names none. A proxy, because a contract looks a message's
 * type up among its own properties.
 */
export const anyMessages: Readonly<Record<string, StandardSchemaV1<unknown>>> = new Proxy<
  Record<string, StandardSchemaV1<unknown>>
>(
  {},
  {
    get: (_, name) => (typeof name === "string" ? anything : undefined),
    getOwnPropertyDescriptor: (_, name) =>
      typeof name === "string"
        ? { value: anything, configurable: true, enumerable: true, writable: false }
        : undefined,
  },
);
