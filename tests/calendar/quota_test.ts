import { assertEquals, assertThrows } from "@std/assert";
import { Room } from "../../src/calendar/quota.ts";
import { Refusal } from "../../src/refusal.ts";

Deno.test("Room: a commit rests on what the thing asks that needs most", () => {
  const room = new Room({ quota: 100, used: 40, ownerId: 7 });
  assertEquals(room.rests, []);
  room.take(50);
  assertThrows(() => room.take(11), Refusal, "no room");
  room.take(10);
  room.take(5, 30);
  assertEquals(room.rests, [{ kind: "stored-most", ownerId: 7, bytes: 40 }]);
});

Deno.test("Room: without a quota there is room for all", () => {
  const room = new Room({ quota: undefined, used: undefined, ownerId: 7 });
  room.take(Number.MAX_SAFE_INTEGER);
  assertEquals(room.rests, []);
});
