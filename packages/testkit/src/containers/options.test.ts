import { expect, test } from "vitest";
import { ControlPlaneContainer } from "./control-plane-container.ts";
import { FlawlessContainer } from "./flawless-container.ts";
import { WorkerContainer } from "./worker-container.ts";

// All of these are refused before Docker is called.
const cases: readonly [string, () => unknown][] = [
  [
    "`binary` and `download` are for the original server",
    () => new FlawlessContainer({ binary: "/bin/flawless" }),
  ],
  [
    "`binary` and `download` contradict",
    () => new FlawlessContainer({ server: "flawless", binary: "/bin/flawless", download: true }),
  ],
  ["needs `binary`", () => new FlawlessContainer({ server: "flawless" })],
  [
    "withTokens\\(\\) is for this project's server",
    () => new FlawlessContainer({ server: "flawless", download: true }).withTokens("t").start(),
  ],
  ["need withNetwork\\(\\)", () => new FlawlessContainer().withNetworkAliases("flawless").start()],
  ["need withNetwork\\(\\)", () => new FlawlessContainer().withAddress("10.0.0.2").start()],
  ["withFlawlessUrl\\(\\)", () => new ControlPlaneContainer().start()],
  [
    "from the\\s+environment",
    () => ControlPlaneContainer.fromImage("x").withJoin("http://x").start(),
  ],
  ["from the\\s+environment", () => ControlPlaneContainer.fromImage("x").withTokens("t").start()],
  ["withControlPlane\\(\\)", () => new WorkerContainer().withOwnFlawless().start()],
  [
    "needs a Flawless server",
    () => new WorkerContainer().withControlPlane("http://control-plane:3020").start(),
  ],
  [
    "contradict each other",
    () =>
      new WorkerContainer()
        .withControlPlane(`iroh+h3://endpoint${"a".repeat(60)}/`)
        .withFlawlessUrl("http://flawless:27288")
        .withOwnFlawless()
        .start(),
  ],
  [
    "contradict each other",
    () =>
      new WorkerContainer()
        .withControlPlane("http://control-plane:3020")
        .withFlawlessUrl("http://flawless:27288")
        .withOwnFlawless()
        .start(),
  ],
];

test.each(cases)("impossible options of containers are refused: %s", async (message, act) => {
  const failure = (async () => act())();
  await expect(failure).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    message: expect.stringMatching(message),
  });
});
