import { transact } from "../../calendar/transact.ts";
import { decideMakeFolder } from "../../calendar/decide_make.ts";
import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";
import { elementsOf } from "../../xml/tree.ts";
import { readMakeBody } from "../../dav/body.ts";
import type { Method } from "../../dav/door.ts";
import { carryOut, settingsIn } from "../../dav/instructions.ts";
import { makeAnswer, mkcolRefusal } from "../../dav/make_answer.ts";
import { open, type Unmapped } from "../../dav/open.ts";

/** MKCOL of a folder (RFC 4918 §9.3), with properties where it is extended (RFC 5689). */
export const mkcolFiles: Method = {
  name: "MKCOL",
  home: "files",
  on: [],
  creates: ["files"],
  async handle(request, door) {
    const all = settingsIn(await readMakeBody(request, D.mkcol));
    const asked = all.find(({ name }) => name === D.resourcetype)?.value;
    const types = asked ? elementsOf(asked).map(({ name }) => name) : [];
    if (types.some((name) => name !== D.collection)) throw new Refusal(403, D.validResourcetype);
    const settings = all.filter(({ name }) => name !== D.resourcetype);
    const { store, clock, random } = door.services;
    const id = random.id();
    const at = clock();
    const outcome = await transact(
      store.commit,
      async () => await open(request, door) as Unmapped,
      ({ parent, name, settled }) => {
        const decision = decideMakeFolder(parent.collection, { name, id, at });
        const holder = { kind: "collection", id } as const;
        const target = { kind: "files", holder, asker: parent.asker.id, at } as const;
        const outcome = carryOut(settings, target, door);
        const changes = outcome.refused ? [] : [...decision.changes, ...outcome.changes];
        return { rests: [...settled, ...decision.rests], changes, reply: outcome };
      },
    );
    return makeAnswer(outcome, request, mkcolRefusal);
  },
};
