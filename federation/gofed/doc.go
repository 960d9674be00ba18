// Package gofed turns the plain values of package federation into
// ActivityStreams JSON and back. It is the only package that imports
// github.com/go-fed/activity (v1.0.0).
//
// What go-fed does here: its streams types build and hold every activity, actor
// and object, its resolvers dispatch what arrives, and pub.NewCustomActor is the
// frame of the inbox (Receiver), with a delegate of ours.
//
// What stands around it, and which known defect of v1.0.0 that keeps out of reach:
//
//   - An activity is recorded before its side effects, so that a failed one is
//     lost: no side effects of go-fed run; Receive does all in one transaction.
//   - Block list bypass by an embedded actor, no origin checks: actor, to and all
//     references must be single identifiers; origins are compared by the inbox.
//   - Nil dereferences in Undo, in inbox forwarding and in delivery, deadlock and
//     lock leaks of its Database, unbounded recursion, fetches of foreign
//     identifiers: there is no Database, no forwarding, no Transport, no fetch.
//   - Panic on an empty duration and whatever else a parser may hold: only
//     documents that passed a closed schema reach go-fed, and every call into it
//     recovers.
//   - Unbounded reads, substring match of media types: the body is read, limited
//     and typed before go-fed sees the request.
//   - The context is rebuilt in random order, extension terms are lost, arrays of
//     one collapse: the context is ours and inline, arrays are put back, and the
//     JSON is made once, with sorted keys; those bytes are signed, kept and sent.
//   - Numbers pass through float64: whole numbers beyond 2^53 are refused.
//
// A document is read once, by one strict parser (size, depth, duplicate keys and
// keys that differ in case only, UTF-8, list and string limits); go-fed gets the
// value that this parser made, under a context of ours. Properties without a
// place in the schema are refused in what has an effect, for they could carry
// what nobody has classified. No document is ever fetched, contexts included.
package gofed
