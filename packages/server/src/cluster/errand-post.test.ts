import { describe, expect, test } from "vitest";
import type { AnsweredErrand, ErrandRow } from "../store/postgres/index.ts";
import { globalTimers } from "../time/timers.ts";
import { rejectionOf, until } from "../testing/until.ts";
import { ErrandPost, type ErrandPostOptions } from "./errand-post.ts";

/** The table that several posts share; it can be unavailable, and records its calls. */
class FakeTable {
  readonly rows = new Map<string, { readonly row: ErrandRow; answer: string | null }>();
  readonly asked: string[] = [];
  away = false;

  async ask(errands: readonly ErrandRow[]): Promise<void> {
    this.#count("ask");
    for (const row of errands) {
      this.rows.set(row.id, this.rows.get(row.id) ?? { row, answer: null });
    }
  }

  async open(
    partitions: readonly number[],
    beside: readonly string[],
    limit: number,
  ): Promise<readonly ErrandRow[]> {
    this.#count("open");
    const open = [...this.rows.values()].filter(
      ({ row, answer }) =>
        answer === null && partitions.includes(row.partition) && !beside.includes(row.id),
    );
    return open.map(({ row }) => row).slice(0, limit);
  }

  async answer(answers: readonly AnsweredErrand[]): Promise<void> {
    this.#count("answer");
    for (const { id, answer } of answers) {
      const row = this.rows.get(id);
      if (row !== undefined) {
        row.answer = answer;
      }
    }
  }

  async take(ids: readonly string[]): Promise<readonly AnsweredErrand[]> {
    this.#count("take");
    return ids.flatMap((id) => {
      const answer = this.rows.get(id)?.answer ?? null;
      if (answer !== null) {
        this.rows.delete(id);
      }
      return answer === null ? [] : [{ id, answer }];
    });
  }

  async forget(): Promise<void> {
    this.#count("forget");
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
  readonly ran: string[] = [];
  readonly errors: unknown[] = [];
  readonly here = new Map<ErrandPost, number[]>();
  fails = 0;

  post(partitions: number[], more: Partial<ErrandPostOptions> = {}): ErrandPost {
    const post = new ErrandPost({
      table: this.table,
      timers: globalTimers,
      lookMs: 1,
      askAgainMs: 60_000,
      here: () => partitions,
      run: async (partition, body) => {
        this.ran.push(`${partition} ${body}`);
        if (this.fails > 0) {
          this.fails -= 1;
          throw new Error("closed");
        }
        return `answer to ${body}`;
      },
      say: () => {
        for (const each of this.here.keys()) {
          each.look();
        }
      },
      onError: (error) => this.errors.push(error),
      ...more,
    });
    this.here.set(post, partitions);
    post.look();
    return post;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.here.keys()].map((post) => post.close()));
  }
}

const { signal } = new AbortController();

describe("an errand", () => {
  test("is done immediately if its partition runs here", async () => {
    await using posts = new Posts();
    const post = posts.post([0, 1]);
    expect(await post.send(1, "a", "x", signal)).toBe("answer to x");
    expect(posts.table.rows.size).toBe(0);
    expect(posts.table.asked).not.toContain("ask");
  });

  test("reaches the post of its partition, and its answer comes back, before the next look", async () => {
    await using posts = new Posts();
    const post = posts.post([0], { lookMs: 3_600_000 });
    posts.post([1], { lookMs: 3_600_000 });
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => post.send(1, `a${n}`, `x${n}`, signal)),
    );
    expect(answers).toEqual(Array.from({ length: 300 }, (_, n) => `answer to x${n}`));
    expect(posts.ran).toHaveLength(300);
    expect(posts.table.rows.size).toBe(0);
    // Errands of the same turn are sent together.
    expect(posts.table.asked.filter((what) => what === "ask").length).toBeLessThan(10);
  });

  test("waits until its partition runs somewhere, also if it just ran here", async () => {
    await using posts = new Posts();
    const here = [1];
    const post = posts.post(here);
    posts.fails = 3;
    const answer = post.send(1, "a", "x", signal);
    await until(() => posts.fails === 0);
    expect(await answer).toBe("answer to x");
    here.splice(0);
    const next = post.send(1, "b", "y", signal);
    await until(() => posts.table.rows.has("b"));
    posts.post([1]);
    expect(await next).toBe("answer to y");
  });

  test("is inserted again if it is gone", async () => {
    await using posts = new Posts();
    const post = posts.post([0], { askAgainMs: 1 });
    const answer = post.send(1, "a", "x", signal);
    await until(() => posts.table.rows.has("a"));
    posts.table.rows.clear();
    await until(() => posts.table.rows.has("a"));
    posts.post([1]);
    expect(await answer).toBe("answer to x");
  });

  test("waits while the database is unavailable, which is reported once", async () => {
    await using posts = new Posts();
    const post = posts.post([0]);
    posts.post([1], { onError: () => undefined });
    posts.table.away = true;
    const answer = post.send(1, "a", "x", signal);
    const tried = posts.table.asked.length;
    await until(() => posts.table.asked.length > tried + 5);
    posts.table.away = false;
    expect(await answer).toBe("answer to x");
    expect(posts.errors).toEqual([new Error("away")]);
  });

  test("is not waited for after an abort", async () => {
    await using posts = new Posts();
    const post = posts.post([0]);
    const left = new AbortController();
    const rejection = rejectionOf(post.send(1, null, "x", left.signal));
    await until(() => posts.table.rows.size === 1);
    left.abort();
    expect(await rejection).toMatchObject({ name: "AbortError" });
    const already = rejectionOf(post.send(1, "b", "y", left.signal));
    expect(await already).toMatchObject({ name: "AbortError" });
    expect(posts.table.rows.has("b")).toBe(false);
  });
});
