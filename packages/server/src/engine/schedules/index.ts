// Schedules: workflows that are started when times come.
export { isReadableSchedule } from "./kept-schedule.ts";
export { readSchedulePage } from "./schedule-page.ts";
export { Schedules } from "./schedules.ts";
