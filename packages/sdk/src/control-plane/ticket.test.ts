import { describe, expect, test } from "vitest";
import { parseTicket } from "./ticket.ts";

describe("parseTicket", () => {
  test.each(["http://127.0.0.1:3020", "https://ci.example.com/base", " http://node1:3020\n"])(
    "takes the URL %j",
    (ticket) => {
      expect(parseTicket(ticket)).toBe(ticket.trim());
    },
  );

  test("takes several URLs", () => {
    expect(parseTicket("http://a:3020, https://b:3020")).toBe("http://a:3020,https://b:3020");
    expect(() => parseTicket("http://a:3020,,http://b:3020")).toThrow(/expected an http or https/);
    expect(() => parseTicket("http://a:3020,iroh+h3://b")).toThrow(/not supported yet/);
  });

  test.each(["iroh+h3://endpointabc", "IROH+H3://endpointabc/"])(
    "does not support %j yet",
    (ticket) => {
      expect(() => parseTicket(ticket)).toThrow(
        expect.objectContaining({
          code: "FLAWLESS_INVALID_OPTION",
          option: "CONTROL_PLANE_TICKET",
          message: expect.stringMatching(/not supported yet.*http/),
        }),
      );
    },
  );

  test.each(["", "endpointsecret", "ftp://secret", "localhost:3020"])("refuses %j", (ticket) => {
    const refused = (): string => parseTicket(ticket);
    expect(refused).toThrow(/expected an http or https URL/);
    expect(refused).not.toThrow(/secret/);
  });
});
