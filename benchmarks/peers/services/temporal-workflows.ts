import { proxyActivities } from "@temporalio/workflow";
import type * as activities from "./temporal-activities.ts";

const { note, random, requestUrl, time } = proxyActivities<typeof activities>({
  startToCloseTimeout: "1 minute",
});

export async function noop(): Promise<null> {
  return null;
}

export async function ten_steps(): Promise<{
  readonly randoms: readonly number[];
  readonly times: readonly number[];
}> {
  const randoms: number[] = [];
  const times: number[] = [];
  for (let step = 0; step < 9; step += 1) {
    if (step % 2 === 0) {
      randoms.push(await random());
    } else {
      times.push(await time());
    }
  }
  await note();
  return { randoms, times };
}

export const ten_activities: typeof ten_steps = async () => await ten_steps();

export async function ten_requests(url: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let step = 0; step < 10; step += 1) {
    statuses.push(await requestUrl(url));
  }
  return statuses;
}
