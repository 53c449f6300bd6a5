import { expect, test } from "vitest";
import { addressIn, overlap, parseSubnet } from "./subnet.ts";

test("places in a subnet are addresses", () => {
  expect(addressIn("192.168.100.0/24", 11)).toBe("192.168.100.11");
  expect(addressIn("10.1.2.128/25", 2)).toBe("10.1.2.130");
  expect(addressIn("10.1.0.0/16", 300)).toBe("10.1.1.44");
});

test.each([0, 1, 255, 1.5, -3, Number.NaN])("place %d of /24 is refused", (place) => {
  expect(() => addressIn("192.168.100.0/24", place)).toThrow(
    expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION" }),
  );
});

test.each(["192.168.100.0", "192.168.100.0/33", "192.168.300.0/24", "nothing/24", "10.0.0.0/4"])(
  "%s is no subnet",
  (text) => {
    expect(() => parseSubnet(text)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        message: expect.stringContaining(text),
      }),
    );
  },
);

test("subnets overlap if one has an address of the other", () => {
  const subnet = parseSubnet("192.168.100.0/24");
  expect(overlap(subnet, parseSubnet("192.168.0.0/16"))).toBe(true);
  expect(overlap(parseSubnet("192.168.0.0/16"), subnet)).toBe(true);
  expect(overlap(subnet, parseSubnet("192.168.100.128/25"))).toBe(true);
  expect(overlap(subnet, parseSubnet("192.168.101.0/24"))).toBe(false);
});
