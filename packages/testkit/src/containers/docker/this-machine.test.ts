import { expect, test } from "vitest";
import { isThisMachine } from "./this-machine.ts";

test.each(["localhost", "127.0.0.1", "127.1.2.3"])("%s is this machine", async (host) => {
  expect(await isThisMachine(host)).toBe(true);
});

// RFC 5737: addresses for documentation, which no machine has.
test.each(["203.0.113.7", "198.51.100.1", "docker.invalid"])(
  "%s is another machine",
  async (host) => {
    expect(await isThisMachine(host)).toBe(false);
  },
);
