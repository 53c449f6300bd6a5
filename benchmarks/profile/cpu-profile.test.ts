import { describe, expect, test } from "vitest";
import { selfTimes, type CpuProfile } from "./cpu-profile.ts";

function node(id: number, functionName: string, url = ""): CpuProfile["nodes"][number] {
  return { id, callFrame: { functionName, url, lineNumber: 9 } };
}

describe("selfTimes", () => {
  test("adds up the samples of each function across all profiles, longest first", () => {
    const first: CpuProfile = {
      nodes: [node(1, "(idle)"), node(2, "commit", "file:///x/packages/server/dist/journal.js")],
      samples: [1, 2, 2],
      timeDeltas: [1_000, 2_000, 500],
    };
    const second: CpuProfile = { nodes: [node(7, "(idle)")], samples: [7], timeDeltas: [4_000] };

    expect(selfTimes([first, second])).toEqual([
      { where: "(idle)", milliseconds: 5 },
      { where: "commit packages/server/dist/journal.js:10", milliseconds: 2.5 },
    ]);
  });

  test("counts all guest functions as one", () => {
    const profile: CpuProfile = {
      nodes: [node(1, "a", "wasm://wasm/0123"), node(2, "b", "wasm://wasm/0123")],
      samples: [1, 2],
      timeDeltas: [1_000, 1_000],
    };

    expect(selfTimes([profile])).toEqual([{ where: "guests (WebAssembly)", milliseconds: 2 }]);
  });

  test("groups functions of packages and Node.js by file", () => {
    const profile: CpuProfile = {
      nodes: [
        node(1, "send", "file:///x/node_modules/fastify/lib/reply.js"),
        node(2, "", "node:net"),
      ],
      samples: [1, 2],
      timeDeltas: [2_000, 1_000],
    };

    expect(selfTimes([profile]).map(({ where }) => where)).toEqual([
      "send fastify/lib/reply.js",
      "(anonymous) node:net",
    ]);
  });
});
