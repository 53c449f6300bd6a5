import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { declaredExtensions } from "./declared-extensions.ts";
import { encodeU32 } from "./leb128.ts";
import { buildModule } from "./module-builder.testing.ts";

function withSection(name: string, content: string): Uint8Array {
  const nameBytes = Buffer.from(name);
  const body = Buffer.concat([
    Uint8Array.from(encodeU32(nameBytes.length)),
    nameBytes,
    Buffer.from(content),
  ]);
  return Buffer.concat([buildModule(), Uint8Array.from([0, ...encodeU32(body.length)]), body]);
}

test("a normal module declares nothing, and the one for extensions that it is notified of cancellation", () => {
  expect(declaredExtensions(buildModule())).toEqual({ cancellation: "none" });
  expect(declaredExtensions(fixtureBytes("conformance"))).toEqual({ cancellation: "none" });
  expect(declaredExtensions(fixtureBytes("extensions"))).toEqual({ cancellation: "messages" });
});

test.each([
  ['{"version":1,"cancellation":true}', "messages"],
  ['{"version":1,"cancellation":"calls"}', "calls"],
  [' {"version":1,"cancellation":true,"later":[]} ', "messages"],
  ['{"version":1,"cancellation":false}', "none"],
  ['{"version":1,"cancellation":"true"}', "none"],
  ['{"version":2,"cancellation":true}', "none"],
  ['{"cancellation":true}', "none"],
  ["null", "none"],
  ["[]", "none"],
  ["", "none"],
  ["{", "none"],
  [`{"version":1,"cancellation":true}${" ".repeat(4_096)}`, "none"],
])("the section %j says that %s", (content, cancellation) => {
  const bytes = withSection("flawless:extensions", content);
  expect(declaredExtensions(bytes)).toEqual({ cancellation });
});

test("another section's content is ignored", () => {
  const bytes = withSection("flawless:other", '{"version":1,"cancellation":true}');
  expect(declaredExtensions(bytes)).toEqual({ cancellation: "none" });
});
