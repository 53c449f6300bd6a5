import { randomSchedules } from "../../testing/random-schedules.ts";

randomSchedules(1_000, 150);
