// Package publicface is the one door of a hub that is open to everybody: its public
// actor, which anybody may follow, with its documents, its outbox and its inbox.
//
// It is apart from the closed network on purpose. Who follows is no peer: its key
// opens nothing else. And only here a request can make this server fetch
// something: the key of whoever wants to follow, from that actor's own server, by
// the guarded client, within bounds that hold for each origin and for all
// together. The closed inbox never fetches.
package publicface
