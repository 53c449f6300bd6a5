import { describe, expect, test } from "vitest";
import { Gossip, type GossipLimits, type Subscriber } from "./gossip.ts";

const topic = "ab".repeat(32);
const other = "cd".repeat(32);
const limits: GossipLimits = { maxTopics: 2, maxSubscribers: 2, maxMessageBytes: 8 };

function subscriber(): Subscriber & { readonly messages: string[] } {
  const messages: string[] = [];
  return {
    messages,
    receive: (message) => void messages.push(message),
    end: () => void messages.push("(end)"),
  };
}

describe("gossip", () => {
  test("reaches the current subscribers of the topic, and only them", () => {
    const gossip = new Gossip();
    const [one, two, elsewhere] = [subscriber(), subscriber(), subscriber()];
    gossip.broadcast(topic, "before");
    const end = gossip.subscribe(topic, one);
    gossip.subscribe(topic.toUpperCase(), two);
    gossip.subscribe(other, elsewhere);
    const reached = gossip.broadcast(topic, "both");
    end();
    end();
    gossip.broadcast(topic, "second");

    expect([reached, gossip.subscribers]).toEqual([2, 2]);
    expect([one, two, elsewhere].map(({ messages }) => messages)).toEqual([
      ["both"],
      ["both", "second"],
      [],
    ]);
  });

  test.each(["", "ab", `${topic}0`, "g".repeat(64)])("refuses the topic %j", (id) => {
    const gossip = new Gossip();
    const refused = expect.objectContaining({ code: "INVALID_REQUEST" }) as Error;
    expect(() => gossip.join(id)).toThrow(refused);
    expect(() => gossip.broadcast(id, "x")).toThrow(refused);
    expect(() => gossip.subscribe(id, subscriber())).toThrow(refused);
  });

  test("has limits", () => {
    const gossip = new Gossip(limits);
    const full = expect.objectContaining({ code: "LIMIT_REACHED" }) as Error;
    gossip.subscribe(topic, subscriber());
    gossip.subscribe(other, subscriber());

    expect(() => gossip.join("ef".repeat(32))).toThrow(full);
    expect(() => gossip.subscribe(topic, subscriber())).toThrow(full);
    expect(() => gossip.broadcast(topic, "123456789")).toThrow(/9 bytes, but the limit is 8/);
  });

  test("ends all subscriptions when closed, and new ones immediately", () => {
    const gossip = new Gossip();
    const [one, late] = [subscriber(), subscriber()];
    gossip.subscribe(topic, one);
    gossip.close();
    gossip.subscribe(topic, late);
    expect([one.messages, late.messages]).toEqual([["(end)"], ["(end)"]]);
  });
});
