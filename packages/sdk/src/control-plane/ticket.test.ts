import { describe, expect, test } from "vitest";
import { parseTicket } from "./ticket.ts";

describe("parseTicket", () => {
  test.each(["http://127.0.0.1:3020", "https://ci.example.com/base", " http://node1:3020\n"])(
    "takes the URL %j",
    (ticket) => {
      expect(parseTicket(ticket)).toBe(ticket.trim());
    },
  );

  test("accepts several URLs", () => {
    expect(parseTicket("http://a:3020, https://b:3020")).toBe("http://a:3020,https://b:3020");
    expect(() => parseTicket("http://a:3020,,http://b:3020")).toThrow(/expected an http or https/);
  });

  test("accepts iroh tickets, together with URLs", () => {
    const bare = `endpoint${"a".repeat(60)}`;
    const ticket = `iroh+h3://${bare}/`;
    expect(parseTicket(` ${bare}\n`)).toBe(ticket);
    expect(parseTicket(`http://a:3020,${ticket}`)).toBe(`http://a:3020,${ticket}`);
    expect(() => parseTicket("iroh+h3://endpointabc/")).toThrow(
      expect.objectContaining({ option: "CONTROL_PLANE_TICKET" }),
    );
  });

  test.each(["", "endpointsecret", "ftp://secret", "localhost:3020"])("refuses %j", (ticket) => {
    const refused = (): string => parseTicket(ticket);
    expect(refused).toThrow(/expected an http or https URL/);
    expect(refused).not.toThrow(/secret/);
  });
});
