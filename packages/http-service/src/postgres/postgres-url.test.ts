import { describe, expect, test } from "vitest";
import { parsePostgresUrl, type PostgresHost, withoutPassword } from "./postgres-url.ts";

type Environment = Readonly<Record<string, string>>;

function refuse(problem: string): Error {
  return new Error(problem);
}

function hostsOf(url: string, environment: Environment = {}): readonly PostgresHost[] {
  return parsePostgresUrl(url, { environment, refuse });
}

function hostOf(url: string, environment: Environment = {}): PostgresHost | undefined {
  return hostsOf(url, environment)[0];
}

/** Host and port of each server. */
function placesOf(url: string, environment: Environment = {}): unknown {
  return hostsOf(url, environment).map(({ host, port }) => [host, port]);
}

const local = undefined;

describe("a URL names", () => {
  test("a user, a password, a server and a database", () => {
    expect(hostOf("postgres://me:pw@db.internal:5433/orders")).toEqual({
      host: "db.internal",
      port: 5433,
      user: "me",
      password: "pw",
      database: "orders",
      options: undefined,
      application_name: undefined,
      encryption: { mode: "disable" },
    });
  });

  test("as little as one likes: the rest is PostgreSQL's environment's, by way of the driver", () => {
    for (const url of ["postgres://", "postgresql:///", "postgres://?dbname="]) {
      expect(hostOf(url)).toMatchObject({
        host: undefined,
        port: undefined,
        user: undefined,
        password: undefined,
      });
    }
    expect(hostOf("postgres:///orders")).toMatchObject({ host: undefined, database: "orders" });
    expect(hostOf("postgres://me@/orders")).toMatchObject({ user: "me", database: "orders" });
  });

  test("with what is special percent-encoded in each part", () => {
    expect(hostOf("postgres://m%40e:p%3Aw%2F%3F%23%40+%25@db%2Dx/a%2Fb%3Fc%20d")).toMatchObject({
      user: "m@e",
      password: "p:w/?#@+%",
      host: "db-x",
      database: "a/b?c d",
    });
    // A colon may stand in a password, as nothing comes after it.
    expect(hostOf("postgres://me:a:b@db/x")?.password).toBe("a:b");
  });

  test("the same in its query, which counts for more", () => {
    expect(
      hostOf("postgres://me:pw@other/x?host=db&port=1&user=you&password=a+b%26c&dbname=orders"),
    ).toMatchObject({ host: "db", port: 1, user: "you", password: "a+b&c", database: "orders" });
  });

  test("options of the session, and the program's name", () => {
    expect(
      hostOf("postgres://db/x?options=-c%20search_path%3Da&application_name=me&connect_timeout=3"),
    ).toMatchObject({ options: "-c search_path=a", application_name: "me" });
  });

  test.each([
    ["postgres:///x?host=/run/postgresql", [["/run/postgresql", undefined]]],
    ["postgres:///x?host=/run/postgresql&port=5433", [["/run/postgresql", 5433]]],
    ["postgres://me@%2Frun%2Fpostgresql:5433/x", [["/run/postgresql", 5433]]],
    ["postgres://:5433/x?host=/run", [["/run", 5433]]],
  ])("the directory of a Unix socket, as in %s", (url, places) => {
    expect(placesOf(url)).toEqual(places);
    // There is nobody in between, and PostgreSQL encrypts nothing there.
    expect(hostOf(url, { PGSSLMODE: "verify-full" })?.encryption).toEqual({ mode: "disable" });
  });

  test.each([
    [
      "postgres://a,b/x",
      [
        ["a", undefined],
        ["b", undefined],
      ],
    ],
    [
      "postgres://me:pw@a:1,b:2,[::1]:3/x",
      [
        ["a", 1],
        ["b", 2],
        ["::1", 3],
      ],
    ],
    [
      "postgres://a:1,b/x?port=9",
      [
        ["a", 1],
        ["b", 9],
      ],
    ],
    [
      "postgres:///x?host=a,b&port=1,2",
      [
        ["a", 1],
        ["b", 2],
      ],
    ],
    [
      "postgres:///x?host=a,b&port=7",
      [
        ["a", 7],
        ["b", 7],
      ],
    ],
    ["postgres://[2001:db8::1]/x", [["2001:db8::1", undefined]]],
  ])("one server or several, as in %s", (url, places) => {
    expect(placesOf(url)).toEqual(places);
    expect(
      placesOf(`${url}${url.includes("?") ? "&" : "?"}target_session_attrs=read-write`),
    ).toEqual(places);
  });
});

describe("the environment names", () => {
  test("servers, where the URL names none", () => {
    const environment = { PGHOST: "a,b", PGPORT: "1,2" };
    expect(placesOf("postgres:///x", environment)).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(placesOf("postgres://c/x", { PGHOST: "a", PGPORT: "1" })).toEqual([["c", 1]]);
    expect(placesOf("postgres://c:9/x", { PGHOST: "a", PGPORT: "1" })).toEqual([["c", 9]]);
    expect(placesOf("postgres:///x", { PGHOST: "/run/postgresql" })).toEqual([
      ["/run/postgresql", undefined],
    ]);
    expect(placesOf("postgres:///x", { PGHOST: "", PGPORT: "" })).toEqual([[local, undefined]]);
  });

  test("encryption, where the URL says nothing of it", () => {
    const environment = { PGSSLMODE: "verify-ca", PGSSLROOTCERT: "/ca.pem", PGSSLCERT: "" };
    expect(hostOf("postgres://db/x", environment)?.encryption).toEqual({
      mode: "verify-ca",
      sslrootcert: "/ca.pem",
    });
    expect(hostOf("postgres://db/x?sslmode=require", environment)?.encryption.mode).toBe("require");
    const client = { PGSSLMODE: "verify-full", PGSSLCERT: "/me.crt", PGSSLKEY: "/me.key" };
    expect(hostOf("postgres://db/x", client)?.encryption).toEqual({
      mode: "verify-full",
      sslcert: "/me.crt",
      sslkey: "/me.key",
    });
  });
});

describe("encryption", () => {
  test.each(["disable", "require", "verify-full"] as const)("may be %s", (mode) => {
    expect(hostOf(`postgres://db/x?sslmode=${mode}`)?.encryption).toEqual({ mode });
  });

  test("is with the server's name where certificates are given, and nothing else is said", () => {
    expect(hostOf("postgres://db/x?sslrootcert=/ca.pem")?.encryption).toEqual({
      mode: "verify-full",
      sslrootcert: "/ca.pem",
    });
    expect(hostOf("postgres://db/x", { PGSSLKEY: "/me.key" })?.encryption.mode).toBe("verify-full");
  });

  test("by what the system trusts is always with the server's name", () => {
    const encryption = { mode: "verify-full" };
    expect(hostOf("postgres://db/x?sslrootcert=system")?.encryption).toEqual(encryption);
    expect(() => hostOf("postgres://db/x?sslrootcert=system&sslmode=require")).toThrow(
      "sslrootcert=system, which goes with sslmode=verify-full alone",
    );
  });

  test.each([
    ["allow", "disable, require, verify-ca, verify-full: allow"],
    ["prefer", "disable, require, verify-ca, verify-full: prefer"],
    ["verify-ca", "sslmode=verify-ca and no sslrootcert"],
  ])("is not left to chance: %s is refused", (mode, message) => {
    expect(() => hostOf(`postgres://db/x?sslmode=${mode}`)).toThrow(message);
    expect(() => hostOf("postgres://db/x", { PGSSLMODE: mode })).toThrow(message);
  });
});

const word = "s3cret";

test.each([
  "",
  `host=x password=${word}`,
  `mysql://me:${word}@host/db`,
  `${word}://host/db`,
  `postgres://me:${word}@host:port/db`,
  `postgres://me:${word}@host:65536/db`,
  `postgres://me:${word}@host:1,b:2/db?port=1,2,3`,
  `postgres://me:%zz${word}@host/db`,
  `postgres://me:${word}@host/db%`,
  `postgres://me:${word}@[::1/db`,
  `postgres://me:${word}@host/db?sslmode=prefer`,
  `postgres://me@host/db?sslmode=${word}`,
  // A password in which something should have been percent-encoded.
  `postgres://me:1#${word}@host/db`,
  `postgres://me:1/${word}@host/db`,
  `postgres://me:1?${word}@host/db`,
  `postgres://me:1?${word}=1@host/db`,
  // What can't be kept.
  `postgres://me:${word}@host/db?service=orders`,
  `postgres://me:${word}@host/db?hostaddr=10.0.0.1`,
  `postgres://me:${word}@host/db?passfile=/x`,
  `postgres://me:${word}@host/db?target_session_attrs=standby`,
  `postgres://me:${word}@host/db?channel_binding=require`,
])("%j is refused, and a password in it told nobody", (url) => {
  let refused: unknown;
  try {
    hostsOf(url);
  } catch (error) {
    refused = error;
  }
  expect((refused as Error).message).toMatch(/^expected a URL such as postgres:.*, but got .*\.$/);
  expect((refused as Error).message).not.toContain(word);
  expect(withoutPassword(url)).not.toContain(word);
});

test("a URL is logged without its passwords", () => {
  expect(withoutPassword(`postgres://me:${word}@a:1,b/db?password=${word}&sslmode=require`)).toBe(
    "postgres://me@a:1,b/db",
  );
  expect(withoutPassword(`postgres:///db?host=/run&user=me&password=${word}`)).toBe(
    "postgres:///db",
  );
  expect(withoutPassword(`postgres://me:${word}@%2Frun:5433/db`)).toBe(
    "postgres://me@%2Frun:5433/db",
  );
  expect(withoutPassword(`host=x password=${word}`)).toBe("the database");
  expect(withoutPassword(`postgres://me:${word}@a:port/db`)).toBe("the database");
});
