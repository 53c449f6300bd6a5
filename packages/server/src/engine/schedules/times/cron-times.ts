import { Cron } from "croner";
import { TimeZone } from "./time-zone.ts";

/** The max number of characters of an expression. */
const maxCharacters = 200;
const dayMs = 86_400_000;
const nicknames: ReadonlySet<string> = new Set([
  "@yearly",
  "@annually",
  "@monthly",
  "@weekly",
  "@daily",
  "@hourly",
]);

/**
 * The times of a cron expression in a time zone. The expression is about what the zone's clocks show:
 *
 * - A time that they skip is due at the first instant after the gap. Several times in one gap are due once.
 * - A time that they show twice is due when they show it first. If the hour is `*`, or `*` with a step, the expression
 *   is about every hour that passes, and both are due.
 */
export class CronTimes {
  readonly #pattern: Cron;
  readonly #zone: TimeZone;
  readonly #everyHour: boolean;

  /**
   * @throws Error if the expression is invalid; its message says why
   * @throws UnknownTimeZoneError
   */
  constructor(expression: string, timeZone: string) {
    const text = expression.trim().toLowerCase();
    const fields = text.split(/\s+/);
    if (expression.length > maxCharacters) {
      throw new Error(`it has more than ${maxCharacters} characters`);
    }
    const isNickname = text.startsWith("@");
    if (isNickname ? !nicknames.has(text) : fields.length !== 5 && fields.length !== 6) {
      throw new Error(
        `expected five fields (minute, hour, day of the month, month, day of the week), six with seconds before them, or one of ${[...nicknames].join(", ")}`,
      );
    }
    this.#zone = TimeZone.of(timeZone);
    // The library gets clocks that are never set, so that only the rules here handle those that are.
    this.#pattern = new Cron(text, { timezone: "UTC", paused: true });
    this.#everyHour = isNickname ? text === "@hourly" : (fields.at(-4) ?? "").startsWith("*");
  }

  /** The first time after an instant, in milliseconds since the Unix epoch; undefined if there is none. */
  next(after: number): number | undefined {
    const offset = this.#zone.offsetAt(after);
    let found = this.#firstFrom(after + offset, after);
    if (!this.#everyHour || found === undefined) {
      return found;
    }
    // Clocks that are set back before then show times again that are earlier than what they show now.
    const change = this.#zone.transition(after, after + dayMs);
    if (change !== undefined && change.after < change.before && change.at <= found) {
      const again = this.#nextWall(change.at + change.after - 1);
      if (again !== undefined && again < change.at + change.before) {
        found = Math.min(found, again - change.after);
      }
    }
    return found;
  }

  /** The first time whose reading is after `wall`, and which itself is after `after`. */
  #firstFrom(wall: number, after: number): number | undefined {
    for (let shown = this.#nextWall(wall); shown !== undefined;) {
      const instants = this.#zone.instantsOf(shown);
      const instant = (this.#everyHour ? instants : instants.slice(0, 1)).find((at) => at > after);
      if (instant !== undefined) {
        return instant;
      }
      // They show the rest of an hour again, which was due the first time.
      const [first, second = first] = instants;
      const change = this.#zone.transition(first, second);
      shown = this.#nextWall(
        change === undefined ? shown : Math.max(shown, change.at + change.before - 1),
      );
    }
    return undefined;
  }

  #nextWall(after: number): number | undefined {
    return this.#pattern.nextRun(new Date(Math.floor(after / 1_000) * 1_000))?.getTime();
  }
}
