import { expect, test } from "vitest";
import { imageLabel } from "../session/session.ts";
import { type ImageApi, noteImageUse, removeOldImages } from "./remove-old-images.ts";

const now = Date.parse("2026-11-29T12:00:00Z");
const old = "2026-11-27T12:00:00.123456789Z";
const recent = "2026-11-29T11:00:00.123456789Z";

interface FakeImage {
  readonly names: readonly string[] | undefined;
  readonly hash?: string;
  readonly created?: string;
  readonly askedFor?: string;
  readonly refuses?: number;
}

/** An engine with images, by id. */
function engine(
  images: Readonly<Record<string, FakeImage>>,
  containers: readonly string[] = [],
): { readonly docker: ImageApi; readonly removed: readonly string[]; readonly tagged: unknown[] } {
  const removed: string[] = [];
  const tagged: unknown[] = [];
  const docker = {
    listImages: async ({ filters }: { readonly filters: unknown }) => {
      expect(filters).toEqual({ label: [imageLabel] });
      return Object.entries(images).map(([Id, { names, hash = "0123456789abcdef" }]) => ({
        Id,
        RepoTags: names,
        Labels: { [imageLabel]: hash },
      }));
    },
    listContainers: async (options: unknown) => {
      expect(options).toEqual({ all: true });
      return containers.map((ImageID) => ({ ImageID }));
    },
    getImage: (id: string) => ({
      inspect: async () => {
        const { created = old, askedFor = "0001-01-01T00:00:00Z" } = images[id] ?? {};
        return { Created: created, Metadata: { LastTagTime: askedFor } };
      },
      remove: async (...options: readonly unknown[]) => {
        expect(options).toEqual([]);
        const statusCode = images[id]?.refuses;
        if (statusCode !== undefined) {
          throw Object.assign(new Error("conflict: image is in use"), { statusCode });
        }
        removed.push(id);
      },
      tag: async (options: unknown) => void tagged.push([id, options]),
    }),
  };
  return { docker: docker as unknown as ImageApi, removed, tagged };
}

const ours = ["flawless-ts:scratch-0123456789abcdef"];

test("our old images are removed, and their names returned", async () => {
  const original = "flawless-ts:original-0123456789abcdef";
  const { docker, removed } = engine({
    scratch: { names: ours },
    original: { names: [original], hash: "0123456789abcdef".repeat(4) },
  });
  expect(await removeOldImages(docker, { now })).toEqual([...ours, original]);
  expect(removed).toEqual(["scratch", "original"]);
});

test.each<[string, FakeImage]>([
  ["was built within a day", { names: ours, created: recent }],
  ["was asked for within a day", { names: ours, askedFor: recent }],
  ["has a name of its user's, too", { names: [...ours, "flawless-ts:latest"] }],
  ["has a name of its user's", { names: ["shop:scratch-0123456789abcdef"] }],
  [
    "was built on ours, and has its label only",
    { names: ["flawless-ts:mine-0123456789ab"], hash: "ff" },
  ],
  ["has no name", { names: [] }],
  ["has no name, as older engines say it", { names: undefined }],
  ["others are built on", { names: ours, refuses: 409 }],
])("an image stays that %s", async (_what, image) => {
  const { docker, removed } = engine({ image });
  expect(await removeOldImages(docker, { now })).toEqual([]);
  expect(removed).toEqual([]);
});

test("an image stays if a container uses it, running or not; the others are removed", async () => {
  const { docker, removed } = engine({ used: { names: ours }, other: { names: ours } }, ["used"]);
  await removeOldImages(docker, { now });
  expect(removed).toEqual(["other"]);
});

test("one that can't be removed doesn't keep the next one", async () => {
  const { docker, removed } = engine({
    stuck: { names: ours, refuses: 500 },
    next: { names: ours },
  });
  expect(await removeOldImages(docker, { now })).toEqual(ours);
  expect(removed).toEqual(["next"]);
});

test("requesting an image tags it again", async () => {
  const { docker, tagged } = engine({});
  await noteImageUse(docker, "flawless-ts:scratch-01234567");
  expect(tagged).toEqual([
    ["flawless-ts:scratch-01234567", { repo: "flawless-ts", tag: "scratch-01234567" }],
  ]);
});
