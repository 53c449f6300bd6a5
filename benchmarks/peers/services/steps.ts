/** The contents of a workflow's ten steps, the same on every peer. */

/** A number like that of the module's step. */
export function randomNumber(): number {
  return Math.random();
}

/** Milliseconds since the Unix epoch. */
export function timeOfDay(): number {
  return Date.now();
}

/** The tenth step: a line that nobody reads. */
export function note(): void {
  notes += 1;
}

let notes = 0;

/** Sends one request and reads the whole response. */
export async function request(url: string): Promise<number> {
  const response = await fetch(url);
  await response.text();
  return response.status;
}

/** Runs a step: it makes the result durable before it returns it. */
export type RunStep = <Result>(
  name: string,
  step: () => Result | Promise<Result>,
) => Promise<Result>;

/** Alternates five random numbers and four times of day, then a note. */
export async function tenSteps(
  run: RunStep,
): Promise<{ readonly randoms: readonly number[]; readonly times: readonly number[] }> {
  const randoms: number[] = [];
  const times: number[] = [];
  for (let step = 0; step < 9; step += 1) {
    if (step % 2 === 0) {
      randoms.push(await run("random", randomNumber));
    } else {
      times.push(await run("time", timeOfDay));
    }
  }
  await run("note", note);
  return { randoms, times };
}

/** Ten requests, one after the other. */
export async function tenRequests(run: RunStep, url: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let step = 0; step < 10; step += 1) {
    statuses.push(await run("request", () => request(url)));
  }
  return statuses;
}
