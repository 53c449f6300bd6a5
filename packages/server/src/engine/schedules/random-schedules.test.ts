import { randomSchedules } from "../../testing/random-schedules.ts";

randomSchedules(1, 6);
