import { expect, test } from "vitest";
import { takenSubnets } from "./taken-subnets.ts";

const header =
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT      ";

test("a route of an interface without a carrier is taken", () => {
  const routes = [
    header,
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   ",
    "br-e396b79b68b5\t0064A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   ",
    "tun0\t0000100A\t00000000\t0001\t0\t0\t0\t0000F0FF\t0\t0\t0   ",
    "",
  ].join("\n");
  expect(takenSubnets(routes)).toEqual([
    ...takenSubnets(""),
    { address: "192.168.100.0", prefix: 24 },
    { address: "10.16.0.0", prefix: 12 },
  ]);
});

test("a default route takes nothing", () => {
  const routes = `${header}\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`;
  expect(takenSubnets(routes)).toEqual(takenSubnets(""));
});
