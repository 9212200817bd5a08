// What the phone keeps without a network, in IndexedDB: the outbox in order, photos, the last snapshot.

import { openDB } from "/vendor/idb.js";

const opening = openDB("chengyun-phone", 1, {
  upgrade(db) {
    db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
    db.createObjectStore("photos", { keyPath: "id" });
    db.createObjectStore("cache");
  },
});

/** Everything waiting, oldest first. */
export async function waiting() {
  return (await opening).getAll("outbox");
}

/** Keep an act and its photos in one transaction: both are there, or neither. */
export async function keep(act, photos = []) {
  const tx = (await opening).transaction(["outbox", "photos"], "readwrite");
  for (const photo of photos) tx.objectStore("photos").put(photo);
  const seq = await tx.objectStore("outbox").add(act);
  await tx.done;
  return { ...act, seq };
}

export async function update(act) {
  return (await opening).put("outbox", act);
}

/** Forget an act that was sent (or that its owner removed), with its photos. */
export async function forget(act) {
  const tx = (await opening).transaction(["outbox", "photos"], "readwrite");
  tx.objectStore("outbox").delete(act.seq);
  for (const id of act.photos ?? []) tx.objectStore("photos").delete(id);
  await tx.done;
}

export async function photo(id) {
  return (await opening).get("photos", id);
}

/** Remember that a photo is on the server under `remote`, so that it is not sent twice. */
export async function uploaded(kept, remote) {
  return (await opening).put("photos", { ...kept, remote });
}

export async function remember(key, value) {
  return (await opening).put("cache", value, key);
}

export async function recall(key) {
  return (await opening).get("cache", key);
}
