import { findEngine } from "../docker/engine.ts";

/** Removes an image's name. Dispose of it after the containers that run the image. */
export function removedAfter(image: string): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      const { docker } = await findEngine();
      await docker.getImage(image).remove();
    },
  };
}
