import { note as takeNote, randomNumber, request, timeOfDay } from "./steps.ts";

/** The activities, each of which is a step. Temporal requires them to return promises. */

export async function random(): Promise<number> {
  return randomNumber();
}

export async function time(): Promise<number> {
  return timeOfDay();
}

export async function note(): Promise<void> {
  takeNote();
}

export async function requestUrl(url: string): Promise<number> {
  return await request(url);
}
