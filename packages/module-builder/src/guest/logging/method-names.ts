/** The methods of `console` that do more than log values. */
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

/** The name of such a method. */
export type ConsoleMethod = (typeof consoleMethods)[number];
