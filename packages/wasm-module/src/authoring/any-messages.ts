import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "../contract.ts";

const anything: StandardSchemaV1<unknown> = type<unknown>();

/**
 * For a contract: messages of every type, with any data, for workflows in TypeScript that declare none. It is a proxy,
 * because a contract looks up a message's type among its own properties.
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
