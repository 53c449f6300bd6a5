import { expect, test } from "vitest";
import { Lease } from "./lease.ts";

function leaseAt(now: number): { lease: Lease; clock: { now: number } } {
  const clock = { now };
  return { lease: new Lease({ monotonicNow: () => clock.now }, 5_000, now), clock };
}

test("a lease is over here a tenth earlier than in the database", () => {
  const { lease, clock } = leaseAt(100);
  clock.now = 100 + 4_499;
  expect([lease.isValid, lease.leftMs]).toEqual([true, 1]);
  clock.now += 1;
  expect([lease.isValid, lease.leftMs]).toEqual([false, 0]);
});

test("a renewal extends it from when it was requested", () => {
  const { lease, clock } = leaseAt(0);
  clock.now = 2_000;
  lease.extend(1_000);
  lease.extend(500);
  clock.now = 5_499;
  expect(lease.isValid).toBe(true);
  clock.now = 5_500;
  expect(lease.isValid).toBe(false);
});

test("once over it stays over, even after a late renewal", () => {
  const { lease, clock } = leaseAt(0);
  clock.now = 60_000;
  lease.extend(59_999);
  expect(lease.isValid).toBe(false);

  const other = leaseAt(0).lease;
  other.end();
  expect(other.isValid).toBe(false);
});
