// An independent ActivityPub peer for tests, made with Fedify. It listens on a
// free port of the loopback, prints {"origin": …} as its first line, and offers
// to the test:
//
//   GET  /ap/org          its actor document, as Fedify writes it
//   POST /inbox           answers what Fedify makes of a signed activity
//   POST /control/lookup  looks an actor up, by document and WebFinger
//   POST /control/send    signs an activity with Fedify and posts it
//   POST /control/follow  follows the actor of a server with Fedify, or takes the follow back
//   POST /control/forward signs bytes as they are with Fedify and posts them
//   GET  /control/received  what has come to the inbox so far
//   GET  /control/version   {"version": …} of Fedify; from 1.6 on it knows RFC 9421
//
// It ends when its standard input ends.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import {
  Activity, Application, Article, CryptographicKey, Endpoints, Follow, Group, Join, Organization, Read, Service, Undo, lookupObject,
} from "@fedify/fedify/vocab";
import { generateCryptoKeyPair, signRequest, verifyRequest } from "@fedify/fedify/sig";
import { getDocumentLoader } from "@fedify/fedify/runtime";
import { lookupWebFinger } from "@fedify/fedify/webfinger";

const documentLoader = getDocumentLoader({ allowPrivateAddress: true }); // everything here is on the loopback
const loaders = { documentLoader, contextLoader: documentLoader };
const keys = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
// Fedify brings its own Temporal; an activity read from JSON hands one out.
const probe = await Activity.fromJsonLd({
  "@context": "https://www.w3.org/ns/activitystreams", type: "Activity", published: "2026-01-01T00:00:00Z",
}, loaders);
const instant = (text) => probe.published.constructor.from(text);
const { version } = JSON.parse(readFileSync(new URL("node_modules/@fedify/fedify/package.json", import.meta.url)));
const namespace = "https://saphan.network/ns/v1#";
let origin;

const keyID = () => new URL(`${origin}/ap/org#main-key`);
const self = () => new URL(`${origin}/ap/org`);

function actorDocument() {
  return new Organization({
    id: self(),
    name: "Independent peer",
    preferredUsername: "org",
    inbox: new URL(`${origin}/inbox`),
    outbox: new URL(`${origin}/ap/org/outbox`),
    endpoints: new Endpoints({ sharedInbox: new URL(`${origin}/inbox`) }),
    publicKey: new CryptographicKey({ id: keyID(), owner: self(), publicKey: keys.publicKey }),
  }).toJsonLd(loaders);
}

// toRequest makes of what Node received the Request that Fedify reads.
async function toRequest(req) {
  const chunks = [];
  for await (const c of req) chunks.push(c);
  const body = Buffer.concat(chunks);
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) headers.set(name, [value].flat().join(", "));
  return { body, request: new Request(`${origin}${req.url}`, { method: req.method, headers, body: req.method === "GET" ? undefined : body }) };
}

async function received(request, body) {
  const key = await verifyRequest(request, loaders);
  if (key == null) return { verified: false };
  const activity = await Activity.fromJsonLd(JSON.parse(body.toString("utf8")), loaders);
  const embedded = await activity.getObject({ ...loaders, suppressError: true }); // null for what is not embedded and not there
  return {
    verified: true,
    owner: key.ownerId?.href,
    type: activity.constructor.name,
    id: activity.id?.href,
    actor: activity.actorId?.href,
    to: activity.toIds.map((u) => u.href),
    object: activity.objectId?.href,
    objectIsArticle: embedded instanceof Article,
    objectType: embedded?.constructor?.name,
    name: embedded?.name?.toString(),
    names: embedded?.names?.map((n) => n.toString()),
    content: embedded?.content?.toString(),
    start: embedded?.startTime?.toString(),
    place: embedded == null ? undefined : (await embedded.getLocation?.({ ...loaders, suppressError: true }))?.name?.toString(),
    result: activity.resultId?.href,
  };
}

async function lookup({ actor }) {
  const jrd = await lookupWebFinger(new URL(actor), { allowPrivateAddress: true });
  const found = await lookupObject(actor, { ...loaders, allowPrivateAddress: true });
  const key = found == null ? null : await found.getPublicKey(loaders);
  return {
    subject: jrd?.subject,
    self: jrd?.links?.find((l) => l.rel === "self")?.href,
    type: [Organization, Group, Application, Service].find((c) => found instanceof c)?.name,
    id: found?.id?.href,
    inbox: found?.inboxId?.href,
    sharedInbox: found?.endpoints?.sharedInbox?.href,
    key: key?.id?.href,
    owner: key?.ownerId?.href,
  };
}

const inbox = [];
const kinds = { Join, Read, Undo };

// send builds an activity with Fedify's vocabulary, adds the terms of the
// network, signs and posts it. tamper is a piece of text to change after signing,
// spec the kind of signature (of draft-cavage, if it is not given).
async function send({ kind, inbox, to, object, extra, published, tamper, spec }) {
  const activity = new kinds[kind]({
    id: new URL(`${origin}/ap/act/${crypto.randomUUID()}`),
    actor: self(), to: new URL(to), object: new URL(object), published: instant(published),
  });
  const doc = await activity.toJsonLd({ ...loaders, format: "compact", context: ["https://www.w3.org/ns/activitystreams", terms(extra)] });
  const body = JSON.stringify({ ...doc, ...extra });
  const request = new Request(inbox, { method: "POST", headers: { "Content-Type": "application/activity+json" }, body });
  let signed = await signRequest(request, keys.privateKey, keyID(), { spec });
  if (tamper != null) signed = new Request(signed, { body: body.replace(tamper[0], tamper[1]) });
  const res = await fetch(signed);
  return { status: res.status, body: await res.text(), sent: doc };
}

// follow asks to follow an actor, or takes that back, and posts it as Fedify does.
const followed = new Map();
async function follow({ actor, inbox, undo }) {
  const made = followed.get(actor) ?? new Follow({ id: new URL(`${origin}/follows/${crypto.randomUUID()}`), actor: self(), object: new URL(actor) });
  followed.set(actor, made);
  const activity = undo ? new Undo({ id: new URL(`${origin}/undo/${crypto.randomUUID()}`), actor: self(), object: made }) : made;
  const body = JSON.stringify(await activity.toJsonLd(loaders));
  const request = new Request(inbox, { method: "POST", headers: { "Content-Type": "application/activity+json" }, body });
  const res = await fetch(await signRequest(request, keys.privateKey, keyID()));
  return { status: res.status, body: await res.text() };
}

// forward signs a document that the test has written and posts it.
async function forward({ inbox, body, tamper }) {
  const request = new Request(inbox, { method: "POST", headers: { "Content-Type": "application/activity+json" }, body });
  let signed = await signRequest(request, keys.privateKey, keyID());
  if (tamper != null) signed = new Request(signed, { body: body.replace(tamper[0], tamper[1]) });
  const res = await fetch(signed);
  return { status: res.status, body: await res.text() };
}

function terms(extra) {
  const context = { saphan: namespace };
  for (const name of Object.keys(extra)) context[name] = `saphan:${name}`;
  return context;
}

const server = createServer(async (req, res) => {
  const answer = (status, value, type = "application/json") => {
    res.writeHead(status, { "Content-Type": type });
    res.end(JSON.stringify(value));
  };
  try {
    if (req.method === "GET" && req.url === "/ap/org") return answer(200, await actorDocument(), "application/activity+json");
    if (req.method === "GET" && req.url === "/control/received") return answer(200, inbox);
    if (req.method === "GET" && req.url === "/control/version") return answer(200, { version });
    const { request, body } = await toRequest(req);
    switch (`${req.method} ${req.url}`) {
      case "POST /inbox": {
        const out = await received(request, body);
        inbox.push(out);
        return answer(out.verified ? 202 : 401, out);
      }
      case "POST /control/lookup":
        return answer(200, await lookup(JSON.parse(body)));
      case "POST /control/send":
        return answer(200, await send(JSON.parse(body)));
      case "POST /control/follow":
        return answer(200, await follow(JSON.parse(body)));
      case "POST /control/forward":
        return answer(200, await forward(JSON.parse(body)));
    }
    return answer(404, {});
  } catch (err) {
    return answer(500, { error: String(err?.stack ?? err) });
  }
});

server.listen(0, "127.0.0.1", () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({ origin }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
