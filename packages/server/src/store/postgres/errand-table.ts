import { arrayParameter } from "./array-parameters.ts";
import type { Parameter, PostgresDatabase, Row } from "./postgres-database.ts";

/** An errand on its way to a partition of this database. Its texts are JSON. */
export interface ErrandRow {
  /** The same one each time that it is asked for. */
  readonly id: string;
  readonly partition: number;
  readonly body: string;
}

/** What came of one. */
export interface AnsweredErrand {
  readonly id: string;
  readonly answer: string;
}

/**
 * Errands between partitions on their way: whoever asks lays them here, the owner of the partition does them, and writes the
 * answer beside them. Nothing is lost with a row: an errand is asked for until it is answered, and is done once. Each call is
 * one statement, which may be sent twice.
 */
export class ErrandTable {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  /** Lays errands here, unless they are here already. */
  async ask(errands: readonly ErrandRow[]): Promise<void> {
    await this.#query(
      (s) => `INSERT INTO ${s}.errands (id, partition, body)
        SELECT * FROM unnest($1::text[], $2::int4[], $3::text[]) ON CONFLICT DO NOTHING`,
      [
        texts(errands.map(({ id }) => id)),
        numbers(errands.map(({ partition }) => partition)),
        texts(errands.map(({ body }) => body)),
      ],
    );
  }

  /** Those for some partitions that have no answer, the oldest ones first. @param beside those that are left out */
  async open(
    partitions: readonly number[],
    beside: readonly string[],
    limit: number,
  ): Promise<readonly ErrandRow[]> {
    const rows = await this.#query(
      (s) => `SELECT id, partition, body FROM ${s}.errands
        WHERE answer IS NULL AND partition = ANY($1::int4[]) AND id <> ALL($2::text[])
        ORDER BY asked_at, id LIMIT $3`,
      [numbers(partitions), texts(beside), limit],
    );
    return rows.map((row) => ({
      id: row["id"] as string,
      partition: row["partition"] as number,
      body: row["body"] as string,
    }));
  }

  async answer(answers: readonly AnsweredErrand[]): Promise<void> {
    await this.#query(
      (s) => `UPDATE ${s}.errands e SET answer = n.answer
        FROM unnest($1::text[], $2::text[]) AS n (id, answer) WHERE e.id = n.id`,
      [texts(answers.map(({ id }) => id)), texts(answers.map(({ answer }) => answer))],
    );
  }

  /** Takes those of some errands that are answered. */
  async take(ids: readonly string[]): Promise<readonly AnsweredErrand[]> {
    const rows = await this.#query(
      (s) =>
        `DELETE FROM ${s}.errands WHERE id = ANY($1::text[]) AND answer IS NOT NULL RETURNING id, answer`,
      [texts(ids)],
    );
    return rows.map((row) => ({ id: row["id"] as string, answer: row["answer"] as string }));
  }

  /** Forgets answers that nobody took for a day: whoever still waits asks again. */
  async forget(): Promise<void> {
    await this.#query(
      (s) =>
        `DELETE FROM ${s}.errands WHERE answer IS NOT NULL AND asked_at < now() - interval '1 day'`,
    );
  }

  #query(
    sql: (schema: string) => string,
    values: readonly Parameter[] = [],
  ): Promise<readonly Row[]> {
    return this.#database.query(sql(this.#database.schema), values);
  }
}

function texts(values: readonly string[]): Buffer {
  return arrayParameter("text", values);
}

function numbers(values: readonly number[]): Buffer {
  return arrayParameter("int4", values);
}
