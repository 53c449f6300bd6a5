import { expect, test } from "vitest";
import { connectionUrls, withoutPassword } from "./connection-urls.ts";

function parametersOf(url: string, environment: Record<string, string> = {}): unknown {
  const [first = ""] = connectionUrls(url, environment);
  return Object.fromEntries(new URL(first).searchParams);
}

test("encryption comes from the URL, and where that says nothing, from PostgreSQL's environment", () => {
  const environment = { PGSSLMODE: "verify-ca", PGSSLROOTCERT: "/ca.pem", PGSSLCERT: "" };

  expect(parametersOf("postgres://host/db", environment)).toEqual({
    sslmode: "verify-ca",
    sslrootcert: "/ca.pem",
    uselibpqcompat: "true",
  });
  expect(parametersOf("postgresql://host/db?sslmode=require", environment)).toMatchObject({
    sslmode: "require",
  });
  expect(parametersOf("postgres://host/db?sslrootcert=system")).toEqual({
    sslmode: "verify-full",
    uselibpqcompat: "true",
  });
});

test("each of several hosts has a URL with all that they share", () => {
  expect(
    connectionUrls("postgres://me:pw@a:1,b:2,[::1]/db?target_session_attrs=read-write", {}),
  ).toEqual([
    "postgres://me:pw@a:1/db?uselibpqcompat=true",
    "postgres://me:pw@b:2/db?uselibpqcompat=true",
    "postgres://me:pw@[::1]/db?uselibpqcompat=true",
  ]);
});

test.each([
  "",
  "host=x password=s3cret",
  "mysql://me:s3cret@host/db",
  "postgres://me:s3cret@host:port/db",
  "postgres://me:s3cret@host/db?sslmode=prefer",
])("%j is refused, without a password in the message", (url) => {
  let refused: unknown;
  try {
    connectionUrls(url, {});
  } catch (error) {
    refused = error;
  }

  expect(refused).toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringMatching(/^Expected the URL of a PostgreSQL database/),
  });
  expect(String(refused)).not.toContain("s3cret");
});

test("sslmode is not left to chance", () => {
  expect(() => connectionUrls("postgres://host/db", { PGSSLMODE: "allow" })).toThrow(
    "disable, require, verify-ca, verify-full; but got allow",
  );
});

test("a URL is logged without its passwords", () => {
  expect(withoutPassword("postgres://me:s3cret@a:1,b/db?password=s3cret&sslmode=require")).toBe(
    "postgres://me@a:1,b/db",
  );
  expect(withoutPassword("postgres:///db?host=/run&user=me&password=s3cret")).toBe(
    "postgres:///db",
  );
  expect(withoutPassword("host=x password=s3cret")).toBe("the database");
  expect(withoutPassword("postgres://me:s3cret@a:port/db")).toBe("the database");
});
