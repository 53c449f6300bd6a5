import { createInterface } from "node:readline";
import { TestkitError } from "../../errors.ts";
import type { Docker } from "../docker/engine.ts";
import { statusCodeOf } from "../docker/status-code.ts";
import { imageLabel } from "../session/session.ts";
import type { ContextEntry } from "./context-entry.ts";
import { tarStream } from "./tar.ts";

/** What to build. */
export interface ImageBuild {
  readonly tag: string;
  /** The Dockerfile's text. */
  readonly dockerfile: string;
  readonly entries: readonly ContextEntry[];
  readonly hash: string;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly pull?: boolean | undefined;
}

interface Progress {
  readonly stream?: string;
  readonly error?: string;
}

const shownLines = 25;

/** Whether the engine has an image. */
export async function imageExists(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if (statusCodeOf(error) === 404) {
      return false;
    }
    throw error;
  }
}

/** @throws TestkitError `FLAWLESS_TESTKIT_IMAGE_FAILED` with the end of the engine's output */
export async function dockerBuild(docker: Docker, build: ImageBuild): Promise<void> {
  const { tag, dockerfile, entries, hash, buildArgs = {}, pull = false } = build;
  const context = await tarStream([
    { path: "Dockerfile", mode: 0o644, source: { content: Buffer.from(dockerfile) } },
    ...entries,
  ]);
  const said: Progress[] = [];
  try {
    const stream = await docker.buildImage(context, {
      t: tag,
      dockerfile: "Dockerfile",
      buildargs: { ...buildArgs },
      labels: { [imageLabel]: hash },
      rm: true,
      forcerm: true,
      ...(pull ? { pull } : {}),
    });
    for await (const line of createInterface({ input: stream })) {
      said.push(JSON.parse(line) as Progress);
    }
    const failure = said.find(({ error }) => error !== undefined);
    if (failure !== undefined) {
      throw new Error(failure.error);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const lines = said
      .flatMap(({ stream: text = "" }) => text.split("\n"))
      .filter((line) => line.trim() !== "");
    throw new TestkitError(
      "FLAWLESS_TESTKIT_IMAGE_FAILED",
      `The image ${tag} could not be built: ${reason}\n${lines.slice(-shownLines).join("\n")}`,
      { cause: error },
    );
  }
}
