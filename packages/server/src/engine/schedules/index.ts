// Schedules: workflows that start at given times.
export { isReadableSchedule } from "./kept-schedule.ts";
export { readSchedulePage } from "./schedule-page.ts";
export { Schedules } from "./schedules.ts";
