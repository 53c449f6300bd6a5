import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The size of an image in bytes, with all its layers. */
export async function imageBytes(name: string): Promise<number> {
  const { stdout } = await run("docker", ["image", "inspect", "--format", "{{.Size}}", name]);
  return Number(stdout.trim());
}

/** When the container's first process was started, in milliseconds since the Unix epoch. */
export async function startedAt(containerId: string): Promise<number> {
  const format = "{{.State.StartedAt}}";
  const { stdout } = await run("docker", ["container", "inspect", "--format", format, containerId]);
  return Date.parse(stdout.trim());
}
