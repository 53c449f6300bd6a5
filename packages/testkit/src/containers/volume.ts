import { randomBytes } from "node:crypto";
import { findEngine } from "./docker/engine.ts";
import { unlessGone } from "./docker/status-code.ts";
import { currentSession } from "./session/session.ts";

/**
 * A named volume, which outlives its containers. It is removed when it is disposed of, or with this process.
 *
 * ```ts
 * await using volume = await Volume.create();
 * const container = new FlawlessContainer().withVolume(volume);
 * ```
 */
export class Volume implements AsyncDisposable {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER` */
  static async create(): Promise<Volume> {
    const { docker } = await findEngine();
    const { labels } = await currentSession();
    const name = `flawless-ts-${randomBytes(6).toString("hex")}`;
    await docker.createVolume({ Name: name, Labels: { ...labels } });
    return new Volume(name);
  }

  /** Removes it with all its data. Docker refuses if a container still uses it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { docker } = await findEngine();
    await unlessGone(docker.getVolume(this.name).remove());
  }
}
