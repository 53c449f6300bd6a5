import { describe, expect, test } from "vitest";
import { filesystemOf } from "./filesystem.ts";

const mounts = [
  "/dev/sda1 / ext4 rw 0 0",
  "tmpfs /var/run tmpfs rw 0 0",
  "/dev/sdb1 /var/with\\040space xfs rw 0 0",
  "",
].join("\n");

describe("filesystemOf", () => {
  test("finds the type of the nearest mount above a path", () => {
    expect(filesystemOf("/var/run/server", mounts)).toBe("tmpfs");
    expect(filesystemOf("/var/run", mounts)).toBe("tmpfs");
    expect(filesystemOf("/var/lib", mounts)).toBe("ext4");
  });

  test("isn't misled by a folder whose name starts like a mount point", () => {
    expect(filesystemOf("/var/running", mounts)).toBe("ext4");
  });

  test("decodes escapes in mount points", () => {
    expect(filesystemOf("/var/with space/server", mounts)).toBe("xfs");
  });

  test("uses the later of two mounts on the same point", () => {
    const covered = `${mounts}overlay / overlay rw 0 0\n`;
    expect(filesystemOf("/home", covered)).toBe("overlay");
  });

  test("doesn't guess", () => {
    expect(filesystemOf("/home", "")).toBe("unknown");
  });
});
