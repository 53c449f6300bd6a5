import { describe, expect, test } from "vitest";
import { formsOf, isSpecialAddress } from "./special-addresses.ts";

describe("not of the public internet", () => {
  test.each([
    ["this machine", "127.0.0.1"],
    ["this machine, another name of it", "127.255.255.254"],
    ["no address", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["private, 10", "10.0.0.1"],
    ["private, 172", "172.31.255.255"],
    ["private, 192", "192.168.1.1"],
    ["link-local, the metadata of clouds", "169.254.169.254"],
    ["carrier-grade NAT, where one cloud has its metadata", "100.100.100.200"],
    ["benchmarks", "198.19.0.1"],
    ["documentation", "203.0.113.9"],
    ["multicast", "224.0.0.1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["IPv6, this machine", "::1"],
    ["IPv6, no address", "::"],
    ["IPv6, unique local", "fd12:3456::1"],
    ["IPv6, the metadata of a cloud", "fd00:ec2::254"],
    ["IPv6, link-local", "fe80::1"],
    ["IPv6, link-local with its zone", "fe80::1%eth0"],
    ["IPv6, site-local", "fec0::1"],
    ["IPv6, multicast", "ff02::1"],
    ["IPv6, documentation", "2001:db8::1"],
    ["Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped, in hex", "::ffff:a00:1"],
    ["IPv4-mapped, in full", "0:0:0:0:0:ffff:a9fe:a9fe"],
    ["IPv4-compatible", "::10.0.0.1"],
    ["IPv4-translated", "::ffff:0:127.0.0.1"],
    ["NAT64", "64:ff9b::10.0.0.1"],
    ["NAT64 of a network's own", "64:ff9b:1::1"],
    ["6to4", "2002:7f00:1::1"],
    ["6to4, private", "2002:c0a8:101::"],
    ["ISATAP", "2600::5efe:10.0.0.1"],
    ["ISATAP, with the bit for global addresses", "2600::200:5efe:192.168.0.1"],
  ])("%s: %s", (_what, address) => {
    expect(isSpecialAddress(address)).toBe(true);
  });
});

describe("of the public internet", () => {
  test.each([
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.169.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
    "2002:101:101::1",
    "2600::5efe:1.1.1.1",
  ])("%s is of the public internet", (address) => {
    expect(isSpecialAddress(address)).toBe(false);
  });
});

test("a mapped address is its IPv4 address, and anything but an address has no form", () => {
  expect(formsOf("::ffff:1.2.3.4")).toEqual(["1.2.3.4"]);
  expect(formsOf("::ffff:102:304")).toEqual(["1.2.3.4"]);
  expect(formsOf("64:ff9b::102:304")).toEqual(["64:ff9b::102:304", "1.2.3.4"]);
  expect(formsOf("1.2.3.4")).toEqual(["1.2.3.4"]);
  expect(formsOf("example.com")).toEqual([]);
});
