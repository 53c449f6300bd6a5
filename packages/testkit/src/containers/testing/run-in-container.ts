import type { StartedTestContainer } from "testcontainers";
import { imagePaths } from "../image/image-paths.ts";

/** Sends a GET request from inside a container. Returns the status, or why there was no response. */
export async function getFrom(container: StartedTestContainer, url: string): Promise<string> {
  const script = `
    fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => console.log(response.status),
      (error) => console.log(error.cause?.code ?? error.name),
    );`;
  const { output } = await container.exec([imagePaths.node, "--eval", script]);
  return output.trim();
}
