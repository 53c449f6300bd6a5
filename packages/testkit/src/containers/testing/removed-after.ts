import { findEngine } from "../docker/engine.ts";

/** Removes the name of an image. To be disposed of after the containers that run it. */
export function removedAfter(image: string): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      const { docker } = await findEngine();
      await docker.getImage(image).remove();
    },
  };
}
