import { describe, expect, test } from "vitest";
import type { StoredOutcome } from "../store/postgres/index.ts";
import { globalTimers } from "../time/timers.ts";
import { isSettled, rejectionOf, until } from "../testing/until.ts";
import { OutcomePost, type OutcomePostOptions } from "./outcome-post.ts";

/** The table that several posts share; it can be unavailable, and records its calls. */
class FakeTable {
  readonly rows = new Map<string, string>();
  readonly asked: string[] = [];
  away = false;
  /** Texts that are found but not read. */
  readonly unread = new Set<string>();

  async put(outcomes: readonly StoredOutcome[]): Promise<void> {
    this.#count(`put ${outcomes.length}`);
    for (const { id, text } of outcomes) {
      this.rows.set(id, text);
    }
  }

  async find(
    ids: readonly string[],
  ): Promise<readonly { readonly id: string; readonly text: string | null }[]> {
    this.#count("find");
    return ids.flatMap((id) => {
      const text = this.rows.get(id);
      const isUnread = this.unread.delete(id);
      return text === undefined ? [] : [{ id, text: isUnread ? null : text }];
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    this.#count("remove");
    for (const id of ids) {
      this.rows.delete(id);
    }
  }

  #count(what: string): void {
    this.asked.push(what);
    if (this.away) {
      throw new Error("away");
    }
  }
}

class Posts {
  readonly table = new FakeTable();
  readonly errors: unknown[] = [];
  readonly clock = { time: 1_000, now: (): number => this.clock.time };
  readonly #all: OutcomePost[] = [];

  post(more: Partial<OutcomePostOptions> = {}): OutcomePost {
    const post = new OutcomePost({
      table: this.table,
      clock: this.clock,
      timers: globalTimers,
      lookMs: 1,
      say: () => {
        for (const each of this.#all) {
          each.look();
        }
      },
      onError: (error) => this.errors.push(error),
      ...more,
    });
    this.#all.push(post);
    return post;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((post) => post.close()));
  }
}

const { signal } = new AbortController();
const outcome = (id: string, text = `outcome ${id}`): StoredOutcome => ({ id, partition: 0, text });

describe("an outcome", () => {
  test("reaches whoever waits for it, before the next look, and stays until it is removed", async () => {
    await using posts = new Posts();
    const [one, other] = [posts.post(), posts.post({ lookMs: 3_600_000 })];
    const known = Promise.withResolvers<StoredOutcome>();
    const found = other.find("a", 2_000, signal);
    one.follow(2_000, known.promise);
    expect(await isSettled(one.settled())).toBe(false);
    known.resolve(outcome("a"));
    expect(await found).toBe("outcome a");
    await one.settled();
    expect(await other.find("a", 2_000, signal)).toBe("outcome a");
    other.remove("a");
    await until(() => posts.table.rows.size === 0);
  });

  test("may be there before anybody waits for it, and after its time", async () => {
    await using posts = new Posts();
    posts.post().follow(2_000, Promise.resolve(outcome("a")));
    await until(() => posts.table.rows.size === 1);
    posts.clock.time = 9_000;
    expect(await posts.post().find("a", 2_000, signal)).toBe("outcome a");
  });

  test("is missing once its time is over, but not before the database has been asked after that", async () => {
    await using posts = new Posts();
    const post = posts.post();
    const found = post.find("a", 2_000, signal);
    posts.table.away = true;
    posts.clock.time = 2_000;
    const tried = posts.table.asked.length;
    await until(() => posts.table.asked.length > tried + 5);
    expect(await isSettled(found)).toBe(false);
    posts.table.rows.set("a", "in time");
    posts.table.away = false;
    expect(await found).toBe("in time");
    expect(await post.find("b", 2_000, signal)).toBeUndefined();
    expect(posts.errors).toEqual([new Error("away")]);
  });

  test("may not come at all", async () => {
    await using posts = new Posts();
    const post = posts.post();
    post.follow(2_000, Promise.resolve(undefined));
    await post.settled();
    expect(posts.table.asked).toEqual([]);
  });

  test("is stored when the database is back, unless nobody wants it any more then", async () => {
    await using posts = new Posts();
    const post = posts.post();
    posts.table.away = true;
    post.follow(2_000, Promise.resolve(outcome("early")));
    post.follow(9_000, Promise.resolve(outcome("late")));
    await until(() => posts.table.asked.length > 3);
    posts.clock.time = 3_000;
    const tried = posts.table.asked.length;
    await until(() => posts.table.asked.length > tried + 3);
    posts.table.away = false;
    await post.settled();
    expect([...posts.table.rows.keys()]).toEqual(["late"]);
  });

  test("shares a statement with others, unless they are too many or too large", async () => {
    await using posts = new Posts();
    const post = posts.post();
    posts.table.away = true;
    const large = "x".repeat(5 * 2 ** 20);
    for (let index = 0; index < 501; index += 1) {
      post.follow(9_000, Promise.resolve(outcome(`a${index}`)));
    }
    post.follow(9_000, Promise.resolve(outcome("b", large)));
    post.follow(9_000, Promise.resolve(outcome("c", large)));
    await until(() => posts.table.asked.length > 0);
    posts.table.asked.splice(0);
    await until(() => posts.table.asked.length > 0);
    posts.table.away = false;
    await post.settled();
    expect(posts.table.asked.slice(-3)).toEqual(["put 500", "put 2", "put 1"]);
  });

  test("is read with the next look if others were too large", async () => {
    await using posts = new Posts();
    posts.table.rows.set("a", "small");
    posts.table.unread.add("a");
    posts.clock.time = 9_000;
    expect(await posts.post({ lookMs: 3_600_000 }).find("a", 2_000, signal)).toBe("small");
  });

  test("is not waited for after an abort", async () => {
    await using posts = new Posts();
    const post = posts.post();
    const left = new AbortController();
    const rejection = rejectionOf(post.find("a", 2_000, left.signal));
    left.abort();
    expect(await rejection).toMatchObject({ name: "AbortError" });
    expect(await rejectionOf(post.find("b", 2_000, left.signal))).toMatchObject({
      name: "AbortError",
    });
  });
});
