// Schedules: workflows that are started when times come.
export { readSchedulePage } from "./schedule-page.ts";
export { Schedules } from "./schedules.ts";
