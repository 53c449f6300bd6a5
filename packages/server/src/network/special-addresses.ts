import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Addresses outside the public internet. Source: the IANA registries of special-purpose IPv4 and IPv6 addresses. */
const specialIpv4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

const specialIpv6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["3fff::", 20],
];

const special = new BlockList();
for (const [network, prefix] of specialIpv4) {
  special.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of specialIpv6) {
  special.addSubnet(network, prefix, "ipv6");
}
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
const nat64 = new BlockList();
nat64.addSubnet("64:ff9b::", 96, "ipv6");

/**
 * Whether an address is outside the public internet: this machine, a private network, link-local (where clouds have
 * their metadata), carrier-grade NAT, multicast, reserved. IPv6 addresses that contain an IPv4 address are checked as
 * that.
 */
export function isSpecialAddress(address: string): boolean {
  return formsOf(address).some((form) => {
    if (isIPv4(form)) {
      return special.check(form, "ipv4");
    }
    const isPublic = globalUnicast.check(form, "ipv6") || nat64.check(form, "ipv6");
    return !isPublic || special.check(form, "ipv6");
  });
}

/**
 * An address, and the IPv4 addresses that it leads to: mapped (`::ffff:a.b.c.d`), compatible and translated ones, NAT64
 * (RFC 6052), 6to4 (RFC 3056), ISATAP (RFC 5214). A mapped address is only its IPv4 address.
 *
 * @returns an empty list if the text is not an address
 */
export function formsOf(address: string): readonly string[] {
  const [bare = ""] = address.split("%");
  if (isIPv4(bare)) {
    return [bare];
  }
  if (!isIPv6(bare)) {
    return [];
  }
  const groups = groupsOf(bare);
  const [first = 0, second = 0, third = 0] = groups;
  const high = groups.slice(0, 6).join(",");
  if (high === "0,0,0,0,0,65535") {
    return [ipv4Of(groups[6], groups[7])];
  }
  const forms = [bare];
  const endsInIpv4 =
    high === "0,0,0,0,0,0" ||
    high === "0,0,0,0,65535,0" ||
    high === `${0x64},${0xff9b},0,0,0,0` ||
    ((groups[4] === 0 || groups[4] === 0x200) && groups[5] === 0x5efe);
  if (endsInIpv4) {
    forms.push(ipv4Of(groups[6], groups[7]));
  }
  if (first === 0x2002) {
    forms.push(ipv4Of(second, third));
  }
  return forms;
}

/** The eight 16-bit groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // As in URLs: all in hex, even if it was written with an IPv4 address at its end.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const numbers = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const before = numbers(head);
  const after = numbers(tail ?? "");
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function ipv4Of(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
