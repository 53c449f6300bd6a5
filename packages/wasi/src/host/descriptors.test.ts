import { describe, expect, test } from "vitest";
import { newHost, refusalOf } from "../testing/test-host.ts";
import type { NewDescriptor } from "./descriptors.ts";
import { FileNode } from "./nodes.ts";
import { fileRights, rights } from "./rights.ts";
import type { WasiHost } from "./wasi-host.ts";

const newFile = (host: WasiHost): NewDescriptor => ({
  target: new FileNode(host.storage, 0n),
  opened: fileRights,
  inheriting: 0,
  flags: 0,
});

describe("Descriptors", () => {
  test("start with stdin, stdout, stderr and the folder", () => {
    const { descriptors } = newHost().host;
    const kinds = [0, 1, 2, 3].map((number) => descriptors.get(number).target.kind);
    expect(kinds).toEqual(["input", "output", "output", "folder"]);
    expect(refusalOf(() => descriptors.get(4))).toBe("badf");
  });

  test("report what they may not be used for", () => {
    const { descriptors } = newHost().host;
    expect(refusalOf(() => descriptors.get(0, rights.fdWrite))).toBe("badf");
    expect(refusalOf(() => descriptors.folder(1, 0))).toBe("badf");
    expect(refusalOf(() => descriptors.folder(3, rights.fdSeek))).toBe("notcapable");
    expect(refusalOf(() => descriptors.file(3, 0, "spipe"))).toBe("badf");
    expect(refusalOf(() => descriptors.file(0, 0, "spipe"))).toBe("spipe");
  });

  test("open with the lowest free number", () => {
    const { host } = newHost();
    const { descriptors } = host;
    expect([descriptors.open(newFile(host)), descriptors.open(newFile(host))]).toEqual([4, 5]);
    descriptors.close(4);
    descriptors.close(1);
    expect([descriptors.open(newFile(host)), descriptors.open(newFile(host))]).toEqual([1, 4]);
  });

  test("their number is limited", () => {
    const { host } = newHost();
    const file = newFile(host);
    for (let count = 4; count < 4096; count += 1) host.descriptors.open(file);
    expect(refusalOf(() => host.descriptors.open(file))).toBe("mfile");
  });

  test("move to another number, whose own descriptor is closed", () => {
    const { host } = newHost();
    const { descriptors } = host;
    const [first, second] = [newFile(host), newFile(host)];
    descriptors.open(first);
    descriptors.open(second);
    descriptors.renumber(4, 5);
    expect(refusalOf(() => descriptors.get(4))).toBe("badf");
    expect(descriptors.get(5).target).toBe(first.target);
    expect((second.target as FileNode).uses).toBe(0);
    descriptors.renumber(5, 5);
    expect((first.target as FileNode).uses).toBe(1);
    expect(refusalOf(() => descriptors.renumber(5, 9))).toBe("badf");
    expect(refusalOf(() => descriptors.renumber(9, 5))).toBe("badf");
  });
});
