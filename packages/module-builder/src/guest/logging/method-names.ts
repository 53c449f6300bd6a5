/** The methods of `console` that are more than a line of values. */
export const consoleMethods = [
  "assert",
  "clear",
  "count",
  "countReset",
  "dir",
  "dirxml",
  "group",
  "groupCollapsed",
  "groupEnd",
  "profile",
  "profileEnd",
  "table",
  "time",
  "timeEnd",
  "timeLog",
  "timeStamp",
] as const;

/** The name of one of them. */
export type ConsoleMethod = (typeof consoleMethods)[number];
