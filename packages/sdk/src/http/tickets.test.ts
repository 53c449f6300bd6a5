import { describe, expect, test } from "vitest";
import { Flawless } from "../flawless.ts";
import { ControlPlane } from "../control-plane/control-plane.ts";
import { isTicket, readTicket } from "./tickets.ts";

/** The ticket of an endpoint whose id is 32 bytes of 0x0b, with one address. */
const bytes = Buffer.concat([
  Buffer.from([0]),
  Buffer.alloc(32, 0x0b),
  Buffer.from("0101007f000001cc17", "hex"),
]);
const ticket = `iroh+h3://endpoint${base32(bytes)}/`;

describe("readTicket", () => {
  test("accepts a ticket with and without scheme and slash, and shows the start of the id", () => {
    const read = { text: ticket, shown: "iroh+h3://0b0b0b0b0b0b0b0b" };
    const bare = ticket.slice("iroh+h3://".length, -1);
    for (const given of [
      ticket,
      ticket.slice(0, -1),
      bare,
      `${bare}/`,
      ` ${ticket.toUpperCase()}\n`,
    ]) {
      expect(isTicket(given)).toBe(true);
      expect(readTicket(given)).toEqual(read);
    }
  });

  test.each([
    ["nothing", "iroh+h3://"],
    ["no endpoint", "iroh+h3://node1/"],
    ["an id that is cut", `iroh+h3://endpoint${base32(bytes).slice(0, 40)}/`],
    ["another version", `iroh+h3://endpointb${base32(bytes).slice(1)}/`],
    ["letters that no ticket has", `iroh+h3://endpoint${"0".repeat(60)}/`],
    ["more than any", `iroh+h3://endpoint${"a".repeat(5_000)}/`],
  ])("refuses a ticket with %s, without showing it", (_what, broken) => {
    expect(() => readTicket(broken)).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option: "url" }),
    );
    expect(() => readTicket(broken)).not.toThrow(broken.slice(18) || "never");
  });
});

test("clients accept tickets together with URLs, and show only their start", async () => {
  await using flawless = new Flawless({ url: [ticket, "http://127.0.0.1:27288"] });
  await using controlPlane = new ControlPlane({ url: ticket });
  expect([flawless.url, controlPlane.url]).toEqual(
    Array.from({ length: 2 }, () => "iroh+h3://0b0b0b0b0b0b0b0b"),
  );
});

test("a ticket and a dispatcher contradict each other", () => {
  const dispatcher = {} as never;
  expect(() => new Flawless({ url: ticket, dispatcher })).toThrow(
    expect.objectContaining({ option: "dispatcher" }),
  );
});

function base32(input: Buffer): string {
  const bits = Array.from(input, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map((group) => "abcdefghijklmnopqrstuvwxyz234567"[Number.parseInt(group.padEnd(5, "0"), 2)])
    .join("");
}

test("a ticket and a fetch contradict each other", () => {
  expect(() => new Flawless({ url: ticket, fetch })).toThrow(
    expect.objectContaining({ option: "url", message: expect.stringContaining("only Node") }),
  );
});
