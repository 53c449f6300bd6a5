/** Transitions of one zone are farther apart than this, except for some in the years of world wars. */
const dayMs = 86_400_000;

/** A change of a zone's offset. */
export interface Transition {
  /** The first instant with the new offset. */
  readonly at: number;
  /** The offsets that are added to UTC before it, and from it on, in milliseconds. */
  readonly before: number;
  readonly after: number;
}

/** The runtime knows no zone of that name. */
export class UnknownTimeZoneError extends Error {
  constructor(name: string) {
    super(`unknown time zone ${JSON.stringify(name.slice(0, 100))}`);
    this.name = "UnknownTimeZoneError";
  }
}

const known = new Map<string, TimeZone>();

/** A time zone of the IANA database, as the runtime has it. */
export class TimeZone {
  /** As it was given. */
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /** @throws UnknownTimeZoneError */
  static of(name: string): TimeZone {
    // Creating one takes longer than using it, and there are only a few hundred of them.
    let zone = known.get(name);
    if (zone === undefined) {
      // The runtime also accepts offsets such as "+02:00", which are not zones of the database.
      if (!/^[A-Za-z][\w+/-]*$/.test(name)) {
        throw new UnknownTimeZoneError(name);
      }
      try {
        zone = new TimeZone(name);
      } catch {
        throw new UnknownTimeZoneError(name);
      }
      known.set(name, zone);
    }
    return zone;
  }

  private constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** The offset of the zone's clocks from UTC at an instant, in milliseconds. */
  offsetAt(instant: number): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of this.#format.formatToParts(instant)) {
      parts[type] = value;
    }
    const { year = "", month, day, hour, minute, second } = parts;
    const shown = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    return shown - Math.floor(instant / 1_000) * 1_000;
  }

  /** The first change of the offset after `from`, up to `to`; undefined if both have the same one. */
  transition(from: number, to: number): Transition | undefined {
    const before = this.offsetAt(from);
    const after = this.offsetAt(to);
    if (before === after) {
      return undefined;
    }
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === before) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return { at: high, before, after: this.offsetAt(high) };
  }

  /**
   * The instants at which the zone's clocks show a time.
   *
   * @param wall as if it were UTC, in milliseconds since the Unix epoch
   * @returns one; two, if clocks are set back and show it twice; the first one after a gap, if they never show it
   */
  instantsOf(wall: number): readonly [number] | readonly [number, number] {
    const offsets = [this.offsetAt(wall - dayMs), this.offsetAt(wall + dayMs)] as const;
    const [first, second] = offsets
      .map((offset) => wall - offset)
      .filter((instant, index) => this.offsetAt(instant) === offsets[index])
      .toSorted((a, b) => a - b);
    if (first !== undefined) {
      return second === undefined || second === first ? [first] : [first, second];
    }
    return [this.transition(wall - dayMs, wall + dayMs)?.at ?? wall - offsets[1]];
  }
}
